"""Averages, spread, quantiles, correlation, normal distributions and density estimates."""

import math
import random
from bisect import bisect_left, bisect_right
from collections import Counter, namedtuple
from fractions import Fraction
from itertools import groupby, repeat
from numbers import Real

__all__ = ['NormalDist', 'StatisticsError', 'correlation', 'covariance', 'fmean', 'geometric_mean', 'harmonic_mean', 'kde',
           'kde_random', 'linear_regression', 'mean', 'median', 'median_grouped', 'median_high', 'median_low', 'mode',
           'multimode', 'pstdev', 'pvariance', 'quantiles', 'stdev', 'variance']


class StatisticsError(ValueError):
    """The data do not allow what is asked for."""


def _kind(one, other):
    """The type of results for numbers of two types."""
    if one is other or other is int or other is bool or issubclass(one, other):
        return one
    if one is int or issubclass(other, one):
        return other
    for first, second in ((one, other), (other, one)):
        if issubclass(first, int):
            return second
    for first, second in ((one, other), (other, one)):
        if issubclass(first, Fraction) and issubclass(second, float):
            return second
    raise TypeError(f"don't know how to coerce {one.__name__} and {other.__name__}")


def _fraction(value):
    """The exact value, or the value itself if it is infinite or not a number."""
    try:
        return Fraction(*value.as_integer_ratio())
    except (OverflowError, ValueError):
        return value
    except AttributeError:
        raise TypeError(f"can't convert type '{type(value).__name__}' to numerator/denominator") from None


def _sum(data):
    """The type of the result, the exact sum, how many there are."""
    kind, n, odd = int, 0, None
    partial = {}
    for value in data:
        n += 1
        if type(value) is not kind:
            kind = _kind(kind, type(value))
        exact = _fraction(value)
        if isinstance(exact, Fraction):
            bottom = exact.denominator
            partial[bottom] = partial.get(bottom, 0) + exact.numerator
        else:
            odd = exact if odd is None else odd + exact
    if odd is not None:
        return kind, odd, n
    return kind, sum((Fraction(top, bottom) for bottom, top in partial.items()), Fraction(0)), n


def _convert(value, kind):
    if type(value) is kind:
        return value
    if issubclass(kind, int) and getattr(value, 'denominator', 1) != 1:
        kind = float
    try:
        return kind(value)
    except TypeError:
        if isinstance(value, Fraction):
            return kind(value.numerator) / kind(value.denominator)
        raise


def mean(data):
    """The arithmetic mean."""
    kind, total, n = _sum(data)
    if n < 1:
        raise StatisticsError('mean requires at least one data point')
    return _convert(total / n, kind)


def fmean(data, weights=None):
    """The arithmetic mean as a float, which is faster; the data may have weights."""
    if weights is None:
        data = data if hasattr(data, '__len__') else list(data)
        if not len(data):
            raise StatisticsError('fmean requires at least one data point')
        return math.fsum(data) / len(data)
    if not isinstance(weights, (list, tuple)):
        weights = list(weights)
    try:
        total = math.sumprod(data if isinstance(data, (list, tuple)) else list(data), weights)
    except ValueError:
        raise StatisticsError('data and weights must be the same length') from None
    bottom = math.fsum(weights)
    if not bottom:
        raise StatisticsError('sum of weights must be non-zero')
    return total / bottom


def geometric_mean(data):
    """The n-th root of the product of n numbers."""
    logs, n, has_zero = [], 0, False
    for n, value in enumerate(data, 1):
        if value > 0.0 or math.isnan(value):
            logs.append(math.log(value))
        elif value == 0.0:
            has_zero = True
        else:
            raise StatisticsError('No negative inputs allowed', value)
    if not n:
        raise StatisticsError('Must have a non-empty dataset')
    if any(map(math.isnan, logs)):
        return math.nan
    if has_zero:
        return math.nan if math.inf in logs else 0.0
    return math.exp(math.fsum(logs) / n)


def harmonic_mean(data, weights=None):
    """The reciprocal of the mean of reciprocals."""
    data = list(data)
    n = len(data)
    problem = 'harmonic mean does not support negative values'
    if not n:
        raise StatisticsError('harmonic_mean requires at least one data point')
    if n == 1 and weights is None:
        if not isinstance(data[0], Real) and not hasattr(data[0], 'as_integer_ratio'):
            raise TypeError('unsupported type')
        if data[0] < 0:
            raise StatisticsError(problem)
        return data[0]
    if weights is None:
        weights, total = repeat(1, n), n
    else:
        weights = list(weights)
        if len(weights) != n:
            raise StatisticsError('Number of weights does not match data size')
        if any(weight < 0 for weight in weights):
            raise StatisticsError(problem)
        total = _sum(weights)[1]
    for value in data:
        if value < 0:
            raise StatisticsError(problem)
    try:
        kind, bottom, _ = _sum(weight / value if weight else 0 for weight, value in zip(weights, data))
    except ZeroDivisionError:
        return 0
    if bottom <= 0:
        raise StatisticsError('Weighted sum must be positive')
    return _convert(total / bottom, kind)


def _sorted(data):
    data = sorted(data)
    if not data:
        raise StatisticsError('no median for empty data')
    return data, len(data) // 2


def median(data):
    """The value in the middle, or the mean of the two in the middle."""
    data, middle = _sorted(data)
    return data[middle] if len(data) % 2 else (data[middle - 1] + data[middle]) / 2


def median_low(data):
    """The value in the middle, or the lower of the two."""
    data, middle = _sorted(data)
    return data[middle if len(data) % 2 else middle - 1]


def median_high(data):
    """The value in the middle, or the higher of the two."""
    data, middle = _sorted(data)
    return data[middle]


def median_grouped(data, interval=1.0):
    """The median of data that stand for intervals around them."""
    data, middle = _sorted(data)
    value = data[middle]
    below = bisect_left(data, value)
    inside = bisect_right(data, value, lo=below) - below
    try:
        interval, value = float(interval), float(value)
    except ValueError:
        raise TypeError('Value cannot be converted to a float') from None
    return value - interval / 2.0 + interval * (len(data) / 2 - below) / inside


def mode(data):
    """The value that is there most often; of several, the first."""
    counts = Counter(iter(data)).most_common(1)
    if not counts:
        raise StatisticsError('no mode for empty data')
    return counts[0][0]


def multimode(data):
    """All values that are there most often."""
    counts = Counter(iter(data))
    top = max(counts.values(), default=0)
    return [value for value, count in counts.items() if count == top]


def quantiles(data, *, n=4, method='exclusive'):
    """The n - 1 points that cut the data in n parts of the same size."""
    if n < 1:
        raise StatisticsError('n must be at least 1')
    data = sorted(data)
    size = len(data)
    if size < 2:
        if size < 1:
            raise StatisticsError('must have at least one data point')
        return data * (n - 1)
    if method not in ('inclusive', 'exclusive'):
        raise ValueError(f'Unknown method: {method!r}')
    points = []
    for number in range(1, n):
        if method == 'inclusive':
            place, part = divmod(number * (size - 1), n)
            low, high = data[place], data[min(place + 1, size - 1)]
        else:
            place = min(max(number * (size + 1) // n, 1), size - 1)
            part = number * (size + 1) - place * n
            low, high = data[place - 1], data[place]
        points.append((low * (n - part) + high * part) / n)
    return points


def _squares(data, center):
    """The type, the exact sum of squares around the center (or the mean), the mean, how many there are."""
    if center is not None:
        kind, total, n = _sum((value - center) * (value - center) for value in data)
        return kind, total, center, n
    data = data if isinstance(data, (list, tuple)) else list(data)
    kind, total, n = _sum(data)
    if not n:
        return kind, Fraction(0), 0, 0
    middle = total / n
    if not isinstance(total, Fraction):
        return kind, total, middle, n
    return kind, sum(((_fraction(value) - middle) ** 2 for value in data), Fraction(0)), middle, n


def _spread(name, data, center, is_sample):
    kind, squares, middle, n = _squares(data, center)
    if n <= is_sample:
        raise StatisticsError(f'{name} requires at least {"two data points" if is_sample else "one data point"}')
    return kind, squares / (n - is_sample), middle


def variance(data, xbar=None):
    """The variance of a sample."""
    kind, value, _ = _spread('variance', data, xbar, True)
    return _convert(value, kind)


def pvariance(data, mu=None):
    """The variance of a whole population."""
    kind, value, _ = _spread('pvariance', data, mu, False)
    return _convert(value, kind)


def _root(value, kind):
    """The square root of an exact value, rounded once."""
    if not isinstance(value, Fraction):
        if not math.isfinite(value):
            raise ValueError('inf or nan encountered in data')
        return math.sqrt(value)
    top, bottom = value.numerator, value.denominator
    if kind is not float and not issubclass(kind, (int, float, Fraction)):
        return (kind(top) / kind(bottom)).sqrt()
    # 109 bits and a sticky last one are more than twice what a float has, so that the division below rounds right.
    shift = (top.bit_length() - bottom.bit_length() - 109) // 2
    if shift >= 0:
        bottom <<= 2 * shift
    else:
        top <<= -2 * shift
    root = math.isqrt(top // bottom)
    root |= root * root * bottom != top
    return float(root << shift) if shift >= 0 else root / (1 << -shift)


def stdev(data, xbar=None):
    """The standard deviation of a sample."""
    kind, value, _ = _spread('stdev', data, xbar, True)
    return _root(value, kind)


def pstdev(data, mu=None):
    """The standard deviation of a whole population."""
    kind, value, _ = _spread('pstdev', data, mu, False)
    return _root(value, kind)


def _check_pairs(name, x, y):
    if len(x) != len(y):
        raise StatisticsError(f'{name} requires that both inputs have same number of data points')
    if len(x) < 2:
        raise StatisticsError(f'{name} requires at least two data points')


def _around(values):
    center = math.fsum(values) / len(values)
    return [value - center for value in values]


def covariance(x, y, /):
    """How two series vary together, as samples."""
    _check_pairs('covariance', x, y)
    return math.sumprod(_around(x), _around(y)) / (len(x) - 1)


def _ranks(values, start):
    """The rank of each value; equal ones share the mean of theirs."""
    ranks, place = [0] * len(values), start
    order = sorted(range(len(values)), key=values.__getitem__)
    for _, group in groupby(order, key=values.__getitem__):
        group = list(group)
        for where in group:
            ranks[where] = place + (len(group) + 1) / 2
        place += len(group)
    return ranks


def correlation(x, y, /, *, method='linear'):
    """Pearson's coefficient of correlation; 'ranked' is Spearman's."""
    _check_pairs('correlation', x, y)
    if method not in {'linear', 'ranked'}:
        raise ValueError(f'Unknown method: {method!r}')
    if method == 'ranked':
        start = (len(x) - 1) / -2 - 1
        x, y = _ranks(x, start), _ranks(y, start)
    else:
        x, y = _around(x), _around(y)
    together, squares_x, squares_y = math.sumprod(x, y), math.sumprod(x, x), math.sumprod(y, y)
    try:
        return together / _root_of_product(squares_x, squares_y)
    except ZeroDivisionError:
        raise StatisticsError('at least one of the inputs is constant') from None


def _root_of_product(x, y):
    product = x * y
    if not math.isfinite(product):
        if math.isinf(product) and not (math.isinf(x) or math.isinf(y)):
            return math.sqrt(x) * math.sqrt(y)
        return product
    return _root(Fraction(x) * Fraction(y), float)


LinearRegression = namedtuple('LinearRegression', ('slope', 'intercept'))


def linear_regression(x, y, /, *, proportional=False):
    """The line with the least squares; a proportional one goes through the origin."""
    _check_pairs('linear regression', x, y)
    if proportional:
        top, bottom = math.sumprod(x, y) + 0.0, math.sumprod(x, x)
    else:
        offsets = _around(x)
        top, bottom = math.sumprod(offsets, _around(y)), math.sumprod(offsets, offsets)
    try:
        slope = top / bottom
    except ZeroDivisionError:
        raise StatisticsError('x is constant') from None
    intercept = 0.0 if proportional else math.fsum(y) / len(y) - slope * (math.fsum(x) / len(x))
    return LinearRegression(slope=slope, intercept=intercept)


def _polynomial(x, coefficients):
    total = 0.0
    for coefficient in coefficients:
        total = total * x + coefficient
    return total


# Wichura's algorithm AS 241 (PPND16): numerator and denominator for the middle, the flanks and the tails.
_MIDDLE = ((2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4, 4.5921953931549871457e+4,
            1.3731693765509461125e+4, 1.9715909503065514427e+3, 1.3314166789178437745e+2, 3.3871328727963666080e+0),
           (5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4, 2.1213794301586595867e+4,
            5.3941960214247511077e+3, 6.8718700749205790830e+2, 4.2313330701600911252e+1, 1.0))
_FLANKS = ((7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e+0,
            3.64784832476320460504e+0, 5.76949722146069140550e+0, 4.63033784615654529590e+0, 1.42343711074968357734e+0),
           (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
            6.89767334985100004550e-1, 1.67638483018380384940e+0, 2.05319162663775882187e+0, 1.0))
_TAILS = ((2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
           2.96560571828504891230e-1, 1.78482653991729133580e+0, 5.46378491116411436990e+0, 6.65790464350110377720e+0),
          (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
           1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0))


def _standard_quantile(p):
    q = p - 0.5
    if math.fabs(q) <= 0.425:
        r = 0.180625 - q * q
        return _polynomial(r, _MIDDLE[0]) * q / _polynomial(r, _MIDDLE[1])
    r = math.sqrt(-math.log(p if q <= 0.0 else 1.0 - p))
    r, (top, bottom) = (r - 1.6, _FLANKS) if r <= 5.0 else (r - 5.0, _TAILS)
    x = _polynomial(r, top) / _polynomial(r, bottom)
    return -x if q < 0.0 else x


class NormalDist:
    """A normal distribution."""

    __slots__ = {'_mu': 'the mean', '_sigma': 'the standard deviation'}

    def __init__(self, mu=0.0, sigma=1.0):
        if sigma < 0.0:
            raise StatisticsError('sigma must be non-negative')
        self._mu, self._sigma = float(mu), float(sigma)

    @classmethod
    def from_samples(cls, data):
        """The distribution that fits a sample."""
        data = data if isinstance(data, (list, tuple)) else list(data)
        kind, value, middle = _spread('stdev', data, None, True)
        sigma = math.nan if not math.isfinite(value) else _root(value, kind)
        return cls(float(middle), float(sigma))

    def samples(self, n, *, seed=None):
        """Random numbers of this distribution."""
        source = random.random if seed is None else random.Random(seed).random
        return [self._quantile(source()) for _ in repeat(None, n)]

    def _quantile(self, p):
        return self._mu + _standard_quantile(p) * self._sigma

    def _needs_sigma(self, name):
        if not self._sigma:
            raise StatisticsError(f'{name}() not defined when sigma is zero')

    def pdf(self, x):
        """The density at x."""
        self._needs_sigma('pdf')
        square, offset = self._sigma * self._sigma, x - self._mu
        return math.exp(offset * offset / (-2.0 * square)) / math.sqrt(math.tau * square)

    def cdf(self, x):
        """How probable a value of at most x is."""
        self._needs_sigma('cdf')
        return 0.5 * math.erfc((self._mu - x) / (self._sigma * math.sqrt(2.0)))

    def inv_cdf(self, p):
        """The value that is not exceeded with probability p."""
        if not 0.0 < p < 1.0:
            raise StatisticsError('p must be in the range 0.0 < p < 1.0')
        return self._quantile(p)

    def quantiles(self, n=4):
        return [self.inv_cdf(number / n) for number in range(1, n)]

    def overlap(self, other):
        """The area that the densities of two distributions share."""
        if not isinstance(other, NormalDist):
            raise TypeError('Expected another NormalDist instance')
        if not self._sigma or not other._sigma:
            raise StatisticsError('overlap() not defined when sigma is zero')
        left, right = sorted((self, other), key=lambda one: (one._sigma, one._mu))
        square_l, square_r = left.variance, right.variance
        more, apart = square_r - square_l, math.fabs(right._mu - left._mu)
        if not more:
            return math.erfc(apart / (2.0 * left._sigma * math.sqrt(2.0)))
        center = left._mu * square_r - right._mu * square_l
        reach = left._sigma * right._sigma * math.sqrt(apart * apart + more * math.log(square_r / square_l))
        low, high = (center + reach) / more, (center - reach) / more
        return 1.0 - (math.fabs(right.cdf(low) - left.cdf(low)) + math.fabs(right.cdf(high) - left.cdf(high)))

    def zscore(self, x):
        """How many standard deviations x is above the mean."""
        self._needs_sigma('zscore')
        return (x - self._mu) / self._sigma

    mean = property(lambda self: self._mu)
    median = property(lambda self: self._mu)
    mode = property(lambda self: self._mu)
    stdev = property(lambda self: self._sigma)
    variance = property(lambda self: self._sigma * self._sigma)

    def _moved(self, by, sign=1):
        if isinstance(by, NormalDist):
            return NormalDist(self._mu + sign * by._mu, math.hypot(self._sigma, by._sigma))
        return NormalDist(self._mu + sign * by, self._sigma)

    def __add__(self, other):
        return self._moved(other)

    def __sub__(self, other):
        return self._moved(other, -1)

    def __mul__(self, factor):
        return NormalDist(self._mu * factor, self._sigma * math.fabs(factor))

    def __truediv__(self, divisor):
        return NormalDist(self._mu / divisor, self._sigma / math.fabs(divisor))

    __radd__, __rmul__ = __add__, __mul__

    def __pos__(self):
        return NormalDist(self._mu, self._sigma)

    def __neg__(self):
        return NormalDist(-self._mu, self._sigma)

    def __rsub__(self, other):
        return -(self - other)

    def __eq__(self, other):
        if isinstance(other, NormalDist):
            return (self._mu, self._sigma) == (other._mu, other._sigma)
        return NotImplemented

    def __hash__(self):
        return hash((self._mu, self._sigma))

    def __getstate__(self):
        return (self._mu, self._sigma)

    def __setstate__(self, state):
        self.__init__(*state)

    def __repr__(self):
        return '%s(mu=%r, sigma=%r)' % (type(self).__name__, self._mu, self._sigma)


def _searched(cdf, pdf, guess):
    """The inverse of a distribution on -1..1 by Newton's method."""
    def quantile(p):
        sign, p = (1.0, p) if p <= 0.5 else (-1.0, 1.0 - p)
        x = guess(p)
        while math.fabs(off := cdf(x) - p) > 1e-12:
            x -= off / pdf(x)
        return x * sign
    return quantile


def _triweight_guess(p):
    x = (2.0 * p) ** 0.3400218741872791 - 1.0
    if 0.00001 < p < 0.499:
        x -= 0.033 * math.sin(1.07 * math.tau * (p - 0.035))
    return x


def _quartic_guess(p):
    x = (2.0 * p) ** 0.4258865685331 - 1.0
    if 0.004 <= p < 0.499:
        x += 0.026818732 * math.sin(7.101753784 * p + 2.73230839482953)
    return x


def _quartic_pdf(t):
    return 15 / 16 * (1.0 - t * t) ** 2


def _quartic_cdf(t):
    return math.sumprod((3 / 16, -5 / 8, 15 / 16, 1 / 2), (t ** 5, t ** 3, t, 1.0))


def _triweight_pdf(t):
    return 35 / 32 * (1.0 - t * t) ** 3


def _triweight_cdf(t):
    return math.sumprod((-5 / 32, 21 / 32, -35 / 32, 35 / 32, 1 / 2), (t ** 7, t ** 5, t ** 3, t, 1.0))


# Of each kernel: density, distribution, its inverse, and whether it ends at -1 and 1.
_KERNELS = {
    'normal': (lambda t: math.exp(-0.5 * t * t) / math.sqrt(math.tau), lambda t: 0.5 * math.erfc(-t / math.sqrt(2.0)),
               _standard_quantile, False),
    'logistic': (lambda t: 0.5 / (1.0 + math.cosh(t)), lambda t: 1.0 - 1.0 / (math.exp(t) + 1.0),
                 lambda p: math.log(p / (1.0 - p)), False),
    'sigmoid': (lambda t: 1 / math.pi / math.cosh(t), lambda t: 2 / math.pi * math.atan(math.exp(t)),
                lambda p: math.log(math.tan(p * math.pi / 2)), False),
    'rectangular': (lambda t: 0.5, lambda t: 0.5 * t + 0.5, lambda p: 2.0 * p - 1.0, True),
    'triangular': (lambda t: 1.0 - math.fabs(t), lambda t: t * t * (0.5 if t < 0.0 else -0.5) + t + 0.5,
                   lambda p: math.sqrt(2.0 * p) - 1.0 if p < 0.5 else 1.0 - math.sqrt(2.0 - 2.0 * p), True),
    'parabolic': (lambda t: 0.75 * (1.0 - t * t), lambda t: math.sumprod((-0.25, 0.75, 0.5), (t ** 3, t, 1.0)),
                  lambda p: 2.0 * math.cos((math.acos(2.0 * p - 1.0) + math.pi) / 3.0), True),
    'quartic': (_quartic_pdf, _quartic_cdf, _searched(_quartic_cdf, _quartic_pdf, _quartic_guess), True),
    'triweight': (_triweight_pdf, _triweight_cdf, _searched(_triweight_cdf, _triweight_pdf, _triweight_guess), True),
    'cosine': (lambda t: math.pi / 4 * math.cos(math.pi / 2 * t), lambda t: 0.5 * math.sin(math.pi / 2 * t) + 0.5,
               lambda p: 2.0 * math.asin(2.0 * p - 1.0) / math.pi, True),
}
_KERNELS |= {'gauss': _KERNELS['normal'], 'uniform': _KERNELS['rectangular'], 'epanechnikov': _KERNELS['parabolic'],
             'biweight': _KERNELS['quartic']}


def _check_kernel(data, h, kernel):
    if not len(data):
        raise StatisticsError('Empty data sequence')
    if not isinstance(data[0], (int, float)):
        raise TypeError('Data sequence must contain ints or floats')
    if h <= 0.0:
        raise StatisticsError(f'Bandwidth h must be positive, not {h=!r}')
    if kernel not in _KERNELS:
        raise StatisticsError(f'Unknown kernel name: {kernel!r}')
    return _KERNELS[kernel]


def kde(data, h, kernel='normal', *, cumulative=False):
    """A function that estimates the density (or the distribution) that a sample is from."""
    pdf, cdf, _, is_bounded = _check_kernel(data, h, kernel)
    weigh = cdf if cumulative else pdf

    def estimate(x):
        n = len(data)
        if is_bounded:
            values = sorted(data)
            first, last = bisect_left(values, x - h), bisect_right(values, x + h)
            terms = [weigh((x - value) / h) for value in values[first:last]]
            total = sum(terms, first) if cumulative else sum(terms)
        else:
            total = sum(weigh((x - value) / h) for value in data)
        return total / n if cumulative else total / (n * h)
    estimate.__doc__ = f'{"CDF" if cumulative else "PDF"} estimate with {h=!r} and {kernel=!r}'
    return estimate


def kde_random(data, h, kernel='normal', *, seed=None):
    """A function that gives random numbers of the estimated density."""
    quantile = _check_kernel(data, h, kernel)[2]
    source = random.Random(seed)

    def rand():
        return source.choice(data) + h * quantile(source.random())
    rand.__doc__ = f'Random KDE selection with {h=!r} and {kernel=!r}'
    return rand
