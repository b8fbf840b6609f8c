import numpy as np
from expectiles import expectiles

x = np.random.default_rng(0).normal(size=1000)
taus = np.linspace(0.05, 0.95, 181)
out = np.empty_like(taus)
print(
    expectiles(x, taus, out), bool(np.all(np.diff(out) > 0)), bool(abs(out[90] - x.mean()) < 1e-6)
)
