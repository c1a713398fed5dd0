# All functions, with odd and missing data, and normal distributions.
from statistics import *
import statistics as S, pickle, math
from fractions import Fraction as F
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__module__, type(e).__name__, e, e.args)
D=([], [1], [1,2,3,4], [1.5,2.5,2.75,3.25,4.75], [F(1,2),F(1,3)], [1,F(1,2),2.5], [True,False,True], ['a'], [1e308,1e308], [float('inf'),1], [float('nan'),1], [-1,2,3], [0,1,2], [1,1,2,2,3], (x for x in [1,2]), [0.1]*10, [10**20,1], [1e-300,2e-300])
for f in (mean,fmean,geometric_mean,harmonic_mean,median,median_low,median_high,median_grouped,mode,multimode,quantiles,variance,pvariance,stdev,pstdev,NormalDist.from_samples):
    for d in D[:14]+D[15:]: t(lambda: (f.__name__, f(d)))
    t(lambda: f(iter([1,2,5])))
t(lambda: fmean([1,2],[3,4])); t(lambda: fmean([1,2],[3])); t(lambda: fmean([1,2],[0,0])); t(lambda: harmonic_mean([40,60],weights=[5,30])); t(lambda: harmonic_mean([1],weights=[1,2])); t(lambda: harmonic_mean([1,2],weights=[0,0])); t(lambda: mode('aabbb')); t(lambda: multimode('aabbbbccddddeeffffgg'))
t(lambda: quantiles([1,2,5,9,20],n=10)); t(lambda: quantiles([1,2,5,9,20],n=4,method='inclusive')); t(lambda: quantiles([1,2],n=0)); t(lambda: quantiles([1,2],method='x')); t(lambda: variance([1,2,4],xbar=2)); t(lambda: pvariance([1,2,4],2.5)); t(lambda: stdev([1,2,4],2)); t(lambda: median_grouped([1,2,2,3,4,4,4,4,4,5], 2))
x=[1,2,3,4,5,6,7,8,9]; y=[9,8,7,6,5,4,3,2,1]; z=[1,1,4,2,9,3,3,8,2.5]
for f in (covariance,correlation,linear_regression): t(lambda: f(x,y)); t(lambda: f(x,z)); t(lambda: f(x,[1])); t(lambda: f([1],[1])); t(lambda: f([1,1],[1,2]))
t(lambda: correlation(x,z,method='ranked')); t(lambda: correlation(x,z,method='q')); t(lambda: linear_regression(x,z,proportional=True))
n=NormalDist(100,15); m=NormalDist(110,12); print(n, n.pdf(90), n.cdf(120), n.zscore(130), n.quantiles(), n.quantiles(10), n.inv_cdf(.001), n.inv_cdf(1e-15), n.inv_cdf(.9), n.overlap(m), n.overlap(NormalDist(90,15)), n+m, n-m, n*2, 2*n, n/3, 1-n, 5+n, -n, +n, n==m, n==NormalDist(100,15), hash(n)==hash(NormalDist(100,15)), n.mean,n.median,n.mode,n.stdev,n.variance, pickle.loads(pickle.dumps(n)), n.samples(3,seed=5))
o=NormalDist(1,0)
for f in (lambda: NormalDist(1,-1), lambda: o.pdf(1), lambda: o.cdf(1), lambda: o.zscore(1), lambda: n.overlap(o), lambda: n.overlap(1), lambda: n.inv_cdf(1), lambda: n.inv_cdf(0), lambda: setattr(n,'mean',1), lambda: n+'a', lambda: n*n): t(f)
sample=[-2.1,-1.3,-0.4,1.9,5.1,6.2]
for k in ('normal','gauss','logistic','sigmoid','rectangular','uniform','triangular','parabolic','epanechnikov','quartic','biweight','triweight','cosine','zz'):
    t(lambda: [round(kde(sample,1.5,k)(v),14) for v in (-3,0,.5,7,20)]); t(lambda: [round(kde(sample,1.5,k,cumulative=True)(v),14) for v in (-3,0,.5,7,20)]); t(lambda: [round((r:=kde_random(sample,1.5,k,seed=8675309))(),9) for _ in range(3)])
t(lambda: kde([],1)); t(lambda: kde(sample,0)); t(lambda: kde(['a'],1)); t(lambda: kde_random(sample,-1)); print(S.__all__, StatisticsError.__mro__)
