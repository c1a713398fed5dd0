# Events of html.parser: tags and attributes, raw text, references, comments, and what is incomplete when a piece ends.
from html.parser import HTMLParser


class Events(HTMLParser):
    def handle_starttag(self, tag, attrs): print("  start", tag, attrs, self.getpos(), self.get_starttag_text())
    def handle_endtag(self, tag): print("  end", tag)
    def handle_data(self, data): print("  data", repr(data))
    def handle_comment(self, data): print("  comment", repr(data))
    def handle_decl(self, decl): print("  decl", repr(decl))
    def handle_pi(self, data): print("  pi", repr(data))
    def unknown_decl(self, data): print("  unknown", repr(data))
    def handle_charref(self, name): print("  charref", name)
    def handle_entityref(self, name): print("  entityref", name)


def show(*pieces, **options):
    print(*map(repr, pieces), options or "")
    parser = Events(**options)
    for piece in pieces:
        parser.feed(piece)
    print("  --")
    parser.close()


show("<!DOCTYPE html><P Class=a id='b c' \n hidden title=\"&lt;&amp;&copy=1\">x &amp; y</p\n>")
show("<br/><img / ><a b=c/><a 'b'=1><a =b><a b=>")
show("<script>a<b && '</p>' </script>", "<title>a &lt; <b></title>", "<textarea>&#65;</textarea x>")
show("<noscript><b></noscript>", scripting=True)
show("<plaintext><b></plaintext>")
show("<!-->1<!--->2<!-- a -- b --!>3<!-- c", " -", "->4<!d e><![if IE]><![CDATA[a>b]]><?pi?></ a></>")
show("1 < 2 <3 > 4 &am", "p; 5 <a hr", "ef=x", ">6 &", "copy")
show("a&amp;&lt &#65;&#x42&nothing;<b>", convert_charrefs=False)
for unfinished in ("<", "</", "<a b='", "</a", "<!--a--", "<!doc", "<!doctype h", "<?p", "<![CDATA[x", "&#", "<script>x</scr"):
    show(unfinished)
