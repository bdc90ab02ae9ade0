/// Probabilistic early expiry (XFetch): each read of an entry that is not over yet may take it for
/// expired, the more likely the nearer its end and the longer a load takes, so that somebody loads
/// it before all miss it at once.
///
/// Rule: load now if `load_time * beta * -ln(u) >= left`, u uniform in (0, 1). With reads of rate l
/// and a time to live much longer than a load, the end comes before anybody has loaded it with
/// probability exp(-l * load_time * beta).
/// Source: Vattani, Chierichetti and Lowenstein, "Optimal Probabilistic Cache Stampede Prevention",
/// VLDB 2015, section 3 (XFetch; beta 1 is the best for all that is not known).
#pragma once

namespace faultline::models {

/// `minus_log` is -ln(u) for a uniform u. All times in one unit.
inline bool expires_early(double left, double load_time, double beta, double minus_log) {
  return load_time * beta * minus_log >= left;
}

}  // namespace faultline::models
