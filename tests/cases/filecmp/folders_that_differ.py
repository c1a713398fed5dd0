# Two folders compared.
import filecmp, os, tempfile
os.chdir(tempfile.mkdtemp())
for p, c in (('a/same','x'),('b/same','x'),('a/diff','x'),('b/diff','y'),('a/l',''),('b/r',''),('a/s/f','1'),('b/s/f','22'),('a/s/t/u','1'),('b/s/t/u','1'),('a/funny/x',''),('b/funny',''),('a/tags','')):
    os.makedirs(os.path.dirname(p), exist_ok=True); open(p,'w').write(c)
d=filecmp.dircmp('a','b'); d.report(); d.report_partial_closure(); d.report_full_closure()
for n in 'left_list right_list common left_only right_only common_dirs common_files common_funny same_files diff_files funny_files'.split(): print(n, getattr(d,n))
print(list(d.subdirs), d.subdirs['s'].subdirs['t'].same_files, filecmp.cmp('a/same','b/same',shallow=False), filecmp.cmp('a','b'), filecmp.cmpfiles('a','b',['same','diff','nope']), filecmp.dircmp('a','b',ignore=[],hide=['l']).left_only, filecmp.DEFAULT_IGNORES, filecmp.__all__)
try: d.nope
except AttributeError as e: print(e)
