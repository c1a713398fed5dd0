# Levels, propagation, styles of formats, filters, exceptions and errors in handlers.
import asyncio
import logging
import sys

sys.stderr = sys.stdout
logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(levelname)s:%(name)s:%(message)s")
log = logging.getLogger("a.b")
handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(logging.Formatter("{levelname:>8}|{taskName}|{funcName}|{lineno}|{message}", style="{"))
handler.addFilter(lambda record: "secret" not in record.msg)
log.addHandler(handler)


async def main():
    log.info("in %s", "task")
    log.warning("secret")
    log.debug("below")


asyncio.run(main())
log.removeHandler(handler)
print(logging.getLogger("a").getChild("b") is log, log.parent, logging.getLogger("a").getChildren(), handler)
try:
    1 / 0
except ZeroDivisionError:
    log.exception("with traceback")
logging.disable(logging.WARNING)
log.warning("disabled")
logging.disable(logging.NOTSET)
try:
    log.info("extra", extra={"message": 1})
except KeyError as error:
    print(error)
logging.captureWarnings(True)
import warnings
warnings.warn("captured")
print(logging.getLevelNamesMapping()["WARN"], logging.getLevelName(31))
