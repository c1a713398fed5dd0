# Colours in all systems.
import colorsys
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__module__, type(e).__name__, e, e.args)
for f in (colorsys.rgb_to_yiq, colorsys.yiq_to_rgb, colorsys.rgb_to_hls, colorsys.hls_to_rgb, colorsys.rgb_to_hsv, colorsys.hsv_to_rgb):
    for v in ((0,0,0),(1,1,1),(.2,.4,.6),(.9,.1,.3),(.5,.5,.5),(1,0,0),(0,1,0),(0,0,1),(.3,.9,.2),(.99,.98,.97),(1,.5,.0)): t(lambda: f(*v))
