"""Colours: names, parsing, and what a terminal with fewer of them shows instead."""

import re
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

_STANDARD = 'black red green yellow blue magenta cyan white'.split()
_NAMES = """
16:grey0 17:navy_blue 18:dark_blue 20:blue3 21:blue1 22:dark_green 25:deep_sky_blue4 26:dodger_blue3
27:dodger_blue2 28:green4 29:spring_green4 30:turquoise4 32:deep_sky_blue3 33:dodger_blue1 36:dark_cyan
37:light_sea_green 38:deep_sky_blue2 39:deep_sky_blue1 40:green3 41:spring_green3 43:cyan3 44:dark_turquoise
45:turquoise2 46:green1 47:spring_green2 48:spring_green1 49:medium_spring_green 50:cyan2 51:cyan1 55:purple4
56:purple3 57:blue_violet 59:grey37 60:medium_purple4 62:slate_blue3 63:royal_blue1 64:chartreuse4
66:pale_turquoise4 67:steel_blue 68:steel_blue3 69:cornflower_blue 71:dark_sea_green4 73:cadet_blue
74:sky_blue3 76:chartreuse3 78:sea_green3 79:aquamarine3 80:medium_turquoise 81:steel_blue1 83:sea_green2
85:sea_green1 88:dark_red 91:dark_magenta 94:orange4 95:light_pink4 96:plum4 98:medium_purple3 99:slate_blue1
101:wheat4 102:grey53 103:light_slate_grey 104:medium_purple 105:light_slate_blue 106:yellow4
108:dark_sea_green 110:light_sky_blue3 111:sky_blue2 112:chartreuse2 114:pale_green3 117:sky_blue1
118:chartreuse1 120:light_green 122:aquamarine1 125:deep_pink4 126:medium_violet_red 128:dark_violet
129:purple 133:medium_orchid3 134:medium_orchid 136:dark_goldenrod 138:rosy_brown 139:grey63
140:medium_purple2 141:medium_purple1 143:dark_khaki 144:navajo_white3 145:grey69 146:light_steel_blue3
147:light_steel_blue 149:dark_olive_green3 150:dark_sea_green3 152:light_cyan3 153:light_sky_blue1
154:green_yellow 155:dark_olive_green2 156:pale_green1 157:dark_sea_green2 159:pale_turquoise1 160:red3
162:deep_pink3 164:magenta3 166:dark_orange3 167:indian_red 168:hot_pink3 169:hot_pink2 170:orchid 172:orange3
173:light_salmon3 174:light_pink3 175:pink3 176:plum3 177:violet 178:gold3 179:light_goldenrod3 180:tan
181:misty_rose3 182:thistle3 183:plum2 184:yellow3 185:khaki3 187:light_yellow3 188:grey84
189:light_steel_blue1 190:yellow2 192:dark_olive_green1 193:dark_sea_green1 194:honeydew2 195:light_cyan1
196:red1 197:deep_pink2 199:deep_pink1 200:magenta2 201:magenta1 202:orange_red1 204:indian_red1 206:hot_pink
207:medium_orchid1 208:dark_orange 209:salmon1 210:light_coral 211:pale_violet_red1 212:orchid2 213:orchid1
214:orange1 215:sandy_brown 216:light_salmon1 217:light_pink1 218:pink1 219:plum1 220:gold1
222:light_goldenrod2 223:navajo_white1 224:misty_rose1 225:thistle1 226:yellow1 227:light_goldenrod1
228:khaki1 229:wheat1 230:cornsilk1 231:grey100 232:grey3 233:grey7 234:grey11 235:grey15 236:grey19
237:grey23 238:grey27 239:grey30 240:grey35 241:grey39 242:grey42 243:grey46 244:grey50 245:grey54 246:grey58
247:grey62 248:grey66 249:grey70 250:grey74 251:grey78 252:grey82 253:grey85 254:grey89 255:grey93
"""

ANSI_COLOR_NAMES = {name: number for number, name in enumerate(_STANDARD)}
ANSI_COLOR_NAMES |= {'bright_' + name: number + 8 for number, name in enumerate(_STANDARD)}
for _entry in _NAMES.split():
    _number, _, _name = _entry.partition(':')
    ANSI_COLOR_NAMES[_name] = int(_number)
    # Both spellings, but for the names that exist in one only.
    if _name.startswith('grey') or _name == 'light_slate_grey':
        ANSI_COLOR_NAMES[_name.replace('grey', 'gray')] = int(_number)


class ColorSystem(IntEnum):
    """What a terminal can show."""

    STANDARD = 1
    EIGHT_BIT = 2
    TRUECOLOR = 3
    WINDOWS = 4

    def __repr__(self):
        return f'ColorSystem.{self.name}'

    def __str__(self):
        return repr(self)


class ColorType(IntEnum):
    """How a colour is given."""

    DEFAULT = 0
    STANDARD = 1
    EIGHT_BIT = 2
    TRUECOLOR = 3
    WINDOWS = 4

    def __repr__(self):
        return f'ColorType.{self.name}'


class ColorParseError(Exception):
    """Not the name or the numbers of a colour."""


class ColorTriplet(NamedTuple):
    """Red, green and blue, 0 to 255."""

    red: int
    green: int
    blue: int

    @property
    def hex(self):
        return '#%02x%02x%02x' % self

    @property
    def rgb(self):
        return 'rgb(%d,%d,%d)' % self

    @property
    def normalized(self):
        return tuple(part / 255.0 for part in self)


_LEVELS = (0, 95, 135, 175, 215, 255)
_XTERM = [(0, 0, 0), (128, 0, 0), (0, 128, 0), (128, 128, 0), (0, 0, 128), (128, 0, 128), (0, 128, 128),
          (192, 192, 192), (128, 128, 128), (255, 0, 0), (0, 255, 0), (255, 255, 0), (0, 0, 255),
          (255, 0, 255), (0, 255, 255), (255, 255, 255)]
_XTERM += [(red, green, blue) for red in _LEVELS for green in _LEVELS for blue in _LEVELS]
_XTERM += [(level, level, level) for level in range(8, 239, 10)]
_VGA = [(0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0), (0, 0, 170), (170, 0, 170), (0, 170, 170),
        (170, 170, 170), (85, 85, 85), (255, 85, 85), (85, 255, 85), (255, 255, 85), (85, 85, 255),
        (255, 85, 255), (85, 255, 255), (255, 255, 255)]


@lru_cache(1024)
def _nearest_standard(color):
    def distance(number):
        red, green, blue = (mine - other for mine, other in zip(color, _VGA[number]))
        mean = (color[0] + _VGA[number][0]) // 2
        return (((512 + mean) * red * red) >> 8) + 4 * green * green + (((767 - mean) * blue * blue) >> 8)
    return min(range(16), key=distance)


class Color(NamedTuple):
    """A colour as it was given."""

    name: str
    type: ColorType
    number: int | None = None
    triplet: ColorTriplet | None = None

    def __repr__(self):
        parts = [repr(self.name), repr(self.type)]
        parts += [f'{name}={value!r}' for name, value in (('number', self.number), ('triplet', self.triplet))
                  if value is not None]
        return f'Color({", ".join(parts)})'

    @property
    def is_default(self):
        return self.type == ColorType.DEFAULT

    @property
    def is_system_defined(self):
        return self.type in (ColorType.DEFAULT, ColorType.STANDARD)

    @property
    def system(self):
        if self.type == ColorType.DEFAULT:
            return ColorSystem.STANDARD
        return ColorSystem(int(self.type))

    @classmethod
    def default(cls):
        return cls('default', ColorType.DEFAULT)

    @classmethod
    def from_ansi(cls, number):
        kind = ColorType.STANDARD if number < 16 else ColorType.EIGHT_BIT
        return cls(f'color({number})', kind, number=number)

    @classmethod
    def from_triplet(cls, triplet):
        return cls(triplet.hex, ColorType.TRUECOLOR, triplet=triplet)

    @classmethod
    def from_rgb(cls, red, green, blue):
        return cls.from_triplet(ColorTriplet(int(red), int(green), int(blue)))

    @classmethod
    def parse(cls, color):
        return _parse(color)

    def get_truecolor(self, theme=None, foreground=True):
        if self.triplet is not None:
            return self.triplet
        if theme is not None:
            raise NotImplementedError('Color.get_truecolor() with a theme is not supported')
        if self.type == ColorType.DEFAULT:
            return ColorTriplet(0, 0, 0) if foreground else ColorTriplet(255, 255, 255)
        palette = _VGA if self.type == ColorType.STANDARD else _XTERM
        return ColorTriplet(*palette[self.number])

    def get_ansi_codes(self, foreground=True):
        """The numbers for an escape sequence, as strings."""
        if self.type == ColorType.DEFAULT:
            return ('39' if foreground else '49',)
        if self.type in (ColorType.STANDARD, ColorType.WINDOWS):
            base = (30 if foreground else 40) if self.number < 8 else (82 if foreground else 92)
            return (str(base + self.number),)
        kind = '38' if foreground else '48'
        if self.type == ColorType.EIGHT_BIT:
            return (kind, '5', str(self.number))
        return (kind, '2', *map(str, self.triplet))

    def downgrade(self, system):
        """The nearest colour that the terminal has."""
        if self.type in (ColorType.DEFAULT, ColorType(int(system))):
            return self
        if self.type == ColorType.TRUECOLOR and system == ColorSystem.EIGHT_BIT:
            return Color(self.name, ColorType.EIGHT_BIT, number=_to_256(self.triplet))
        if system == ColorSystem.STANDARD:
            if self.type == ColorType.TRUECOLOR:
                triplet = self.triplet
            elif self.type == ColorType.EIGHT_BIT:
                triplet = _XTERM[self.number]
            else:
                return self
            return Color(self.name, ColorType.STANDARD, number=_nearest_standard(tuple(triplet)))
        return self


def _to_256(triplet):
    parts = triplet.normalized
    most, least = max(parts), min(parts)
    light = (most + least) / 2.0
    spread = most + least if light <= 0.5 else 2.0 - most - least
    saturation = (most - least) / spread if most != least else 0.0
    if saturation < 0.15:
        grey = round(light * 25.0)
        return 16 if grey == 0 else 231 if grey == 25 else 231 + grey
    steps = [round(part / 95 if part < 95 else 1 + (part - 95) / 40) for part in triplet]
    return 16 + 36 * steps[0] + 6 * steps[1] + steps[2]


_FORMS = re.compile(r'^(?:#([0-9a-f]{6})|color\(([0-9]{1,3})\)|rgb\(([\d\s,]+)\))$')


@lru_cache(1024)
def _parse(definition):
    color = definition.lower().strip()
    if color == 'default':
        return Color(color, ColorType.DEFAULT)
    number = ANSI_COLOR_NAMES.get(color)
    if number is None:
        match = _FORMS.match(color)
        if match is None:
            raise ColorParseError(f'{definition!r} is not a valid color')
        in_hex, in_decimal, in_parts = match.groups()
        if in_hex:
            return Color(color, ColorType.TRUECOLOR, triplet=ColorTriplet(*bytes.fromhex(in_hex)))
        if in_parts:
            parts = in_parts.split(',')
            if len(parts) != 3:
                raise ColorParseError(f'expected three components in {definition!r}')
            triplet = ColorTriplet(*map(int, parts))
            if max(triplet) > 255:
                raise ColorParseError(f'color components must be <= 255 in {definition!r}')
            return Color(color, ColorType.TRUECOLOR, triplet=triplet)
        number = int(in_decimal)
        if number > 255:
            raise ColorParseError(f'color number must be <= 255 in {color!r}')
    return Color(color, ColorType.STANDARD if number < 16 else ColorType.EIGHT_BIT, number=number)
