# Months and years as lists, text and HTML, and numbers that are none.
import calendar as C, datetime, time
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__module__, type(e).__name__, e, e.args)
print(C.month(2024,2)); print(C.month(2023,12,4,2)); print(C.calendar(2025)); print(C.calendar(2024,3,2,4,2)); C.prmonth(1,1); C.prcal(2021)
for y,m in ((2024,2),(2023,2),(1900,2),(1,1),(9999,12),(0,5),(12345,6),(2024,13),(2024,0)):
    t(lambda: C.monthrange(y,m)); t(lambda: C.monthcalendar(y,m)); t(lambda: C.TextCalendar(6).formatmonth(y,m)); t(lambda: list(C.Calendar(3).itermonthdays4(y,m))[-3:]); t(lambda: list(C.Calendar(6).itermonthdays2(y,m))[:9]); t(lambda: C.Calendar().monthdatescalendar(y,m)[0][0])
t(lambda: list(C.Calendar(8).iterweekdays())); t(lambda: C.setfirstweekday(7)); t(lambda: C.setfirstweekday(6)); print(C.firstweekday(), C.weekheader(3), C.weekheader(10)); print(C.month(2024,2)); C.setfirstweekday(0)
print([C.isleap(y) for y in (1900,2000,2023,2024)], C.leapdays(1900,2025), C.weekday(2024,2,29), C.weekday(10001,1,1), list(C.month_name), list(C.day_abbr), C.month_abbr[3], C.day_name[1:3], len(C.month_name), C.Month.MAY, repr(C.Day.SUNDAY), C.JANUARY, repr(C.FEBRUARY))
print(C.HTMLCalendar(6).formatmonth(2024,2)); print(C.HTMLCalendar().formatyear(2024,5)); print(C.HTMLCalendar().formatyearpage(2024)); print(C.HTMLCalendar().formatyearpage(2024,css=None,encoding='ascii')[:300])
print(C.timegm((2024,2,29,12,30,15)), C.timegm(time.gmtime(123456789)), [len(x) for x in C.Calendar().yeardayscalendar(2024,5)]); t(lambda: C.month_name[13]); t(lambda: C.TextCalendar().formatmonthname(2024,13,20)); t(lambda: C.weekday(2024,2,30)); t(lambda: C.weekday(2024,13,1)); t(lambda: C.formatstring(['a','b'],5,2)); C.format(['a','b'])
print(C.__all__); C.main(['2024','3']); C.main(['-f','6','2020']); t(lambda: C.main(['-t','text','2024','14'])); C.c.prweek([(1,0),(2,1)],3); print(C.week([(0,0),(2,1)],3)); print(C.mdays, C.error)
