"""Names like `:smile:`: those of Unicode, and the most used of other origin."""

import re
import unicodedata
from functools import lru_cache

_OTHERS = dict(pair.split('=') for pair in """
    smile=😄 smiley=😃 grinning=😀 laughing=😆 joy=😂 rofl=🤣 wink=😉 blush=😊 heart_eyes=😍 thinking=🤔 cry=😢
    sob=😭 angry=😠 rage=😡 scream=😱 sunglasses=😎 thumbs_up=👍 thumbsup=👍 +1=👍 thumbs_down=👎 thumbsdown=👎
    -1=👎 ok_hand=👌 wave=👋 clap=👏 pray=🙏 muscle=💪 point_up=☝ point_down=👇 point_left=👈 point_right=👉
    heart=❤ broken_heart=💔 fire=🔥 boom=💥 star2=🌟 tada=🎉 check_mark=✔ heavy_check_mark=✔ white_check_mark=✅
    cross_mark=❌ x=❌ warning=⚠ information=ℹ exclamation=❗ question=❓ bulb=💡 light_bulb=💡 zap=⚡ sunny=☀
    sun=☀ cloud=☁ umbrella=☔ coffee=☕ beer=🍺 beers=🍻 pizza=🍕 cake=🍰 apple=🍎 bug=🐛 cat=🐱 dog=🐶 poop=💩
    hankey=💩 shit=💩 pile_of_poo=💩 lock=🔒 unlock=🔓 key=🔑 mag=🔍 gear=⚙ hammer=🔨 wrench=🔧 package=📦
    clock=🕰 hourglass=⌛ hourglass_done=⌛ hourglass_not_done=⏳ file_folder=📁 page_facing_up=📄 book=📖 books=📚
    computer=💻 phone=☎ email=✉ envelope=✉ memo=📝 pencil=📝 moneybag=💰 money_bag=💰 car=🚗 airplane=✈
    arrow_right=➡ right_arrow=➡ arrow_left=⬅ left_arrow=⬅ arrow_up=⬆ up_arrow=⬆ arrow_down=⬇ down_arrow=⬇
    recycle=♻ 100=💯 robot=🤖 robot_face=🤖 eyes=👀 partying_face=🥳 link=🔗 bell=🔔 stop_sign=🛑
""".split())
_CODE = re.compile(r'(:(\S*?)(?:-(emoji|text))?:)')
_VARIANTS = {'text': '\ufe0e', 'emoji': '\ufe0f'}


class NoEmoji(KeyError):
    """No emoji of that name."""


@lru_cache(1024)
def _find(name):
    found = _OTHERS.get(name)
    if found is not None:
        return found
    try:
        found = unicodedata.lookup(name.replace('_', ' ').upper())
    except KeyError:
        return None
    code = ord(found)
    is_emoji = code >= 0x1f300 or 0x2600 <= code <= 0x27bf or 0x231a <= code <= 0x23ff or 0x2b00 <= code <= 0x2bff
    return found if is_emoji and ' ' not in name else None


def replace_codes(text, default_variant=None):
    """The text with emoji instead of their names."""
    if ':' not in text:
        return text

    def one(match):
        code, name, variant = match.groups()
        found = _find(name.lower())
        return code if found is None else found + _VARIANTS.get(variant or default_variant, '')
    return _CODE.sub(one, text)


class Emoji:
    """An emoji by name."""

    def __init__(self, name, style='none', variant=None):
        self.name, self.style, self.variant = name, style, variant
        found = _find(name)
        if found is None:
            raise NoEmoji(f'No emoji called {name!r}')
        self._char = found + _VARIANTS.get(variant, '')

    @classmethod
    def replace(cls, text):
        return replace_codes(text)

    def __str__(self):
        return self._char

    def __repr__(self):
        return f'<emoji {self.name!r}>'

    def __rich_console__(self, console, options):
        from .segment import Segment
        yield Segment(self._char, console.get_style(self.style))
