"""Types of files by their names: `guess_type("a.tar.gz")` is ("application/x-tar", "gzip")."""

import os
import posixpath

__all__ = [
    "knownfiles",
    "inited",
    "MimeTypes",
    "guess_type",
    "guess_file_type",
    "guess_all_extensions",
    "guess_extension",
    "add_type",
    "init",
    "read_mime_types",
    "suffix_map",
    "encodings_map",
    "types_map",
    "common_types",
]

#: Where the system may say more.
knownfiles = [
    "/etc/mime.types",
    "/etc/httpd/mime.types",
    "/etc/httpd/conf/mime.types",
    "/etc/apache/mime.types",
    "/etc/apache2/mime.types",
    "/usr/local/etc/httpd/conf/mime.types",
    "/usr/local/lib/netscape/mime.types",
    "/usr/local/etc/httpd/conf/mime.types",
    "/usr/local/etc/mime.types",
]

# One type a line, and the endings that mean it.
_TYPES = """\
text/javascript js mjs
application/epub+zip epub
application/gzip gz
application/json json
application/manifest+json webmanifest
application/msword doc dot wiz
application/n-quads nq
application/n-triples nt
application/octet-stream bin a dll exe o obj so
application/oda oda
application/ogg ogx
application/pdf pdf
application/pkcs7-mime p7c
application/postscript ps ai eps
application/trig trig
application/vnd.apple.mpegurl m3u m3u8
application/vnd.ms-excel xls xlb
application/vnd.ms-fontobject eot
application/vnd.ms-powerpoint ppt pot ppa pps pwz
application/vnd.oasis.opendocument.graphics odg
application/vnd.oasis.opendocument.presentation odp
application/vnd.oasis.opendocument.spreadsheet ods
application/vnd.oasis.opendocument.text odt
application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
application/vnd.rar rar
application/wasm wasm
application/x-7z-compressed 7z
application/x-bcpio bcpio
application/x-cpio cpio
application/x-csh csh
application/x-debian-package deb
application/x-dvi dvi
application/x-gtar gtar
application/x-hdf hdf
application/x-hdf5 h5
application/x-latex latex
application/x-mif mif
application/x-netcdf cdf nc
application/x-pkcs12 p12 pfx
application/x-httpd-php php
application/x-pn-realaudio ram
application/x-python-code pyc pyo
application/x-rpm rpm
application/x-sh sh
application/x-shar shar
application/x-shockwave-flash swf
application/x-sv4cpio sv4cpio
application/x-sv4crc sv4crc
application/x-tar tar
application/x-tcl tcl
application/x-tex tex
application/x-texinfo texi texinfo
application/x-troff roff t tr
application/x-troff-man man
application/x-troff-me me
application/x-troff-ms ms
application/x-ustar ustar
application/x-wais-source src
application/xml xsl rdf wsdl xpdl
application/yaml yaml yml
application/zip zip
audio/3gpp 3gp 3gpp
audio/3gpp2 3g2 3gpp2
audio/aac aac adts loas ass
audio/basic au snd
audio/flac flac
audio/matroska mka
audio/mp4 m4a
audio/mpeg mp3 mp2
audio/ogg ogg
audio/opus opus
audio/x-aiff aif aifc aiff
audio/x-pn-realaudio ra
audio/vnd.wave wav
font/otf otf
font/ttf ttf
audio/webm weba
font/woff woff
font/woff2 woff2
image/avif avif
image/bmp bmp
image/emf emf
image/fits fits
image/g3fax g3
image/gif gif
image/ief ief
image/jp2 jp2
image/jpeg jpg jpe jpeg
image/jpm jpm
image/jpx jpx
image/heic heic
image/heif heif
image/png png
image/svg+xml svg
image/t38 t38
image/tiff tiff tif
image/tiff-fx tfx
image/vnd.microsoft.icon ico
image/webp webp
image/wmf wmf
image/x-cmu-raster ras
image/x-portable-anymap pnm
image/x-portable-bitmap pbm
image/x-portable-graymap pgm
image/x-portable-pixmap ppm
image/x-rgb rgb
image/x-xbitmap xbm
image/x-xpixmap xpm
image/x-xwindowdump xwd
message/rfc822 eml mht mhtml nws
model/gltf+json gltf
model/gltf-binary glb
model/stl stl
text/css css
text/csv csv
text/html html htm
text/markdown md markdown
text/n3 n3
text/plain txt bat c h ksh pl srt
text/richtext rtx
text/rtf rtf
text/tab-separated-values tsv
text/vtt vtt
text/x-python py
text/x-rst rst
text/x-setext etx
text/x-sgml sgm sgml
text/x-vcard vcf
text/xml xml
video/matroska mkv
video/matroska-3d mk3d
video/mp4 mp4
video/mpeg mpeg m1v mpa mpe mpg
video/ogg ogv
video/quicktime mov qt
video/webm webm
video/vnd.avi avi
video/x-m4v m4v
video/x-ms-wmv wmv
video/x-sgi-movie movie
"""

# Types that nobody has registered but everybody uses.
_COMMON = """\
application/rtf rtf
application/vnd.android.package-archive apk
audio/midi midi mid
image/jpg jpg
image/pict pict pct pic
text/xul xul
"""


def _table(text):
    table = {}
    for line in text.splitlines():
        kind, *endings = line.split()
        for ending in endings:
            table["." + ending] = kind
    return table


_types_map_default = types_map = _table(_TYPES)
_common_types_default = common_types = _table(_COMMON)
#: Endings that stand for two.
_suffix_map_default = suffix_map = {
    ".svgz": ".svg.gz",
    ".tgz": ".tar.gz",
    ".taz": ".tar.gz",
    ".tz": ".tar.gz",
    ".tbz2": ".tar.bz2",
    ".txz": ".tar.xz",
}
#: Endings that say how a file is packed.
_encodings_map_default = encodings_map = {
    ".gz": "gzip",
    ".Z": "compress",
    ".bz2": "bzip2",
    ".xz": "xz",
    ".br": "br",
}
inited = False
_db = None


class MimeTypes:
    """A table of endings, of its own; `filenames` are files in the form of Apache's `mime.types`."""

    def __init__(self, filenames=(), strict=True):
        if not inited:
            init()
        self.encodings_map = _encodings_map_default.copy()
        self.suffix_map = _suffix_map_default.copy()
        # By `strict`: the common types first, then the registered ones.
        self.types_map = ({}, {})
        self.types_map_inv = ({}, {})
        for ending, kind in _types_map_default.items():
            self.add_type(kind, ending, True)
        for ending, kind in _common_types_default.items():
            self.add_type(kind, ending, False)
        for name in filenames:
            self.read(name, strict)

    def add_type(self, type, ext, strict=True):
        """`ext` means `type` from now on."""
        if ext and not ext.startswith("."):
            import warnings

            warnings._deprecated(
                "Undotted extensions",
                "Using undotted extensions is deprecated and will raise a ValueError in Python {remove}",
                remove=(3, 16),
            )
        if not type:
            return
        self.types_map[strict][ext] = type
        endings = self.types_map_inv[strict].setdefault(type, [])
        if ext not in endings:
            endings.append(ext)

    def guess_type(self, url, strict=True):
        """(type, encoding) of a URL or a path; None for what is not known."""
        url = os.fspath(url)
        from urllib.parse import urlparse

        parsed = urlparse(url)
        if parsed.scheme and len(parsed.scheme) > 1:
            scheme, url = parsed.scheme, parsed.path
        else:
            return self.guess_file_type(url, strict=strict)
        if scheme == "data":
            # data:[<type>][;base64],<data>
            comma = url.find(",")
            if comma < 0:
                return None, None
            semicolon = url.find(";", 0, comma)
            kind = url[: semicolon if semicolon >= 0 else comma]
            return ("text/plain" if "=" in kind or "/" not in kind else kind), None
        return self._guess(url, strict, posixpath.splitext)

    def guess_file_type(self, path, *, strict=True):
        """(type, encoding) of a path."""
        path = os.fsdecode(path)
        return self._guess(os.path.splitdrive(path)[1], strict, os.path.splitext)

    def _guess(self, path, strict, splitext):
        base, ending = splitext(path)
        while (lower := ending.lower()) in self.suffix_map:
            base, ending = splitext(base + self.suffix_map[lower])
        encoding = None
        if ending in self.encodings_map:
            encoding = self.encodings_map[ending]
            base, ending = splitext(base)
        ending = ending.lower()
        for table in (self.types_map[True],) if strict else self.types_map[::-1]:
            if ending in table:
                return table[ending], encoding
        return None, encoding

    def guess_all_extensions(self, type, strict=True):
        """All endings that mean `type`."""
        type = type.lower()
        endings = list(self.types_map_inv[True].get(type, []))
        if not strict:
            endings += [ending for ending in self.types_map_inv[False].get(type, []) if ending not in endings]
        return endings

    def guess_extension(self, type, strict=True):
        """The first ending that means `type`, or None."""
        endings = self.guess_all_extensions(type, strict)
        return endings[0] if endings else None

    def read(self, filename, strict=True):
        """Takes in a file."""
        with open(filename, encoding="utf-8") as file:
            self.readfp(file, strict)

    def readfp(self, fp, strict=True):
        """Takes in an open file: lines of a type and its endings."""
        for line in fp:
            words = []
            for word in line.split():
                if word.startswith("#"):
                    break
                words.append(word)
            for ending in words[1:]:
                self.add_type(words[0], "." + ending, strict)

    def read_windows_registry(self, strict=True):
        """Nothing: this is no Windows."""


def _the_db():
    if _db is None:
        init()
    return _db


def guess_type(url, strict=True):
    """(type, encoding) of a URL or a path; None for what is not known."""
    return _the_db().guess_type(url, strict)


def guess_file_type(path, *, strict=True):
    """(type, encoding) of a path."""
    return _the_db().guess_file_type(path, strict=strict)


def guess_all_extensions(type, strict=True):
    """All endings that mean `type`."""
    return _the_db().guess_all_extensions(type, strict)


def guess_extension(type, strict=True):
    """The first ending that means `type`, or None."""
    return _the_db().guess_extension(type, strict)


def add_type(type, ext, strict=True):
    """`ext` means `type` from now on."""
    return _the_db().add_type(type, ext, strict)


def init(files=None):
    """Makes the tables of the module; of `files`, of those of the system by default."""
    global suffix_map, types_map, encodings_map, common_types, inited, _db
    inited = True
    if files is None or _db is None:
        db = MimeTypes()
        files = knownfiles if files is None else knownfiles + list(files)
    else:
        db = _db
    for file in files:
        if os.path.isfile(file):
            db.read(file)
    encodings_map, suffix_map = db.encodings_map, db.suffix_map
    types_map, common_types = db.types_map[True], db.types_map[False]
    # Last, so that nobody sees it half made.
    _db = db


def read_mime_types(file):
    """The endings and types of one file, None if it is not there."""
    try:
        opened = open(file, encoding="utf-8")
    except OSError:
        return None
    with opened:
        db = MimeTypes()
        db.readfp(opened, True)
        return db.types_map[True]


def _main(args=None):
    import argparse

    parser = argparse.ArgumentParser(prog="python -m mimetypes", description="map filename extensions to MIME types")
    parser.add_argument("-e", "--extension", action="store_true", help="guess extension instead of type")
    parser.add_argument("-l", "--lenient", action="store_true", help="additionally search for common but non-standard types")
    parser.add_argument("type", nargs="+", help="a type to search")
    options = parser.parse_args(args)
    lines = []
    for one in options.type:
        if options.extension:
            found = guess_extension(one, not options.lenient)
            lines.append(str(found) if found else f"error: unknown type {one}")
        else:
            kind, encoding = guess_type(one, not options.lenient)
            lines.append(f"type: {kind} encoding: {encoding}" if kind else f"error: media type unknown for {one}")
    print("\n".join(lines))


if __name__ == "__main__":
    _main()
