/// Random quantities: what a scenario file writes as "5ms", "exponential(4ms)" or
/// {"type": "lognormal", "median": "4ms", "sigma": 0.8}.
///
/// A distribution is written once, in floating-point base units (nanoseconds, bytes, or a bare
/// number), and is known under three kinds, one for each dimension, whose parameters carry their
/// units. A parameter is declared as RandomDuration, RandomBytes or RandomNumber:
///
///   struct DiskParams {
///     RandomDuration seek{"exponential(4ms)"};
///     ...
///     list.add("seek", &DiskParams::seek, "Time to move the head");
///
///   Duration wait = params.seek.sample(stream);
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "sim/param/param.hpp"
#include "sim/param/units.hpp"
#include "sim/random/stream.hpp"
#include "sim/random/variates.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::sim {

/// A probability law over real numbers in base units.
class Distribution {
 public:
  /// Laws that are drawn without a virtual call.
  enum class FastForm : std::uint8_t {
    none,
    constant,     ///< `origin`
    uniform,      ///< `origin` + `scale` U
    exponential,  ///< `scale` E, with E exponential of mean 1
  };
  /// What FastForm's formulas take.
  struct Fast {
    FastForm form = FastForm::none;
    double origin = 0;
    double scale = 0;
  };

  virtual ~Distribution() = default;

  /// One independent draw.
  virtual double sample(Stream& stream) const = 0;
  /// Expected value; may be infinite.
  virtual double mean() const = 0;
  /// Expected square of the distance from the mean; infinite also where the mean is.
  virtual double variance() const = 0;
  /// P(X <= x).
  virtual double cdf(double x) const = 0;
  /// The greatest value that no draw is below.
  virtual double minimum() const = 0;
  /// The formula by which sample() draws, if it is one of the fast ones.
  virtual Fast fast() const { return {}; }
};

/// What tells the three dimensions of random quantities apart.
template <class D>
struct Dimension;

template <>
struct Dimension<Duration> {
  static constexpr std::string_view kind = "duration distribution";
  static constexpr std::string_view example_unit = "ms";
  static constexpr bool may_be_negative = false;
  /// 146 years: adding it to a time of the first 146 years does not overflow.
  static constexpr std::int64_t limit = std::int64_t{1} << 62;
  static double to_base(Duration value) { return static_cast<double>(value.count()); }
  /// The nearest whole nanosecond; 0 for a negative value, `limit` for what is beyond it.
  static Duration from_base(double value) {
    if (!(value < static_cast<double>(limit))) [[unlikely]]
      return Duration{limit};
    return Duration{value > 0 ? static_cast<std::int64_t>(value + 0.5) : 0};
  }
  static std::string text(Duration value) { return to_text(value); }
};

template <>
struct Dimension<Bytes> {
  static constexpr std::string_view kind = "size distribution";
  static constexpr std::string_view example_unit = "KiB";
  static constexpr bool may_be_negative = false;
  static constexpr std::int64_t limit = std::int64_t{1} << 62;
  static double to_base(Bytes value) { return static_cast<double>(value.count); }
  /// The nearest whole byte; 0 for a negative value, `limit` for what is beyond it.
  static Bytes from_base(double value) {
    if (!(value < static_cast<double>(limit))) [[unlikely]]
      return Bytes{limit};
    return Bytes{value > 0 ? static_cast<std::int64_t>(value + 0.5) : 0};
  }
  static std::string text(Bytes value) { return to_text(value); }
};

template <>
struct Dimension<double> {
  static constexpr std::string_view kind = "number distribution";
  static constexpr std::string_view example_unit = "";
  static constexpr bool may_be_negative = true;
  static double to_base(double value) { return value; }
  static double from_base(double value) { return value; }
  static std::string text(double value) { return number_text(value); }
};

/// The registered distributions of one dimension.
template <class D>
class DistributionOf : public Distribution {
 public:
  static constexpr std::string_view kind = Dimension<D>::kind;
  static constexpr std::string_view bare_type = "constant";  ///< "5ms" is "constant(5ms)".
  struct MakeArgs {};
};

/// A random quantity as a value: which law, with which parameters. Cheap to copy; immutable, so
/// that copies may be drawn from on several threads, each with a stream of its own.
template <class D>
class Random {
 public:
  /// Always zero.
  Random() = default;
  /// Always `constant`. Requires: not negative, if the dimension may not be.
  Random(D constant);  // NOLINT(google-explicit-constructor): a constant is a random quantity.
  /// The law written in `text`; wrong text stops the program (it is a default in our own code).
  explicit Random(std::string_view text);
  /// The law chosen. Requires: a choice of the kind Dimension<D>::kind.
  explicit Random(AnyChoice choice);

  bool is_constant() const { return form_ == Form::constant; }
  /// Requires: is_constant().
  D constant_value() const { return constant_; }

  /// One independent draw. A duration or size is rounded to the nearest whole nanosecond or byte; a
  /// negative one becomes 0, one beyond Dimension<D>::limit becomes that. A constant takes nothing
  /// from the stream.
  D sample(Stream& stream) const {
    switch (form_) {
      case Form::constant:
        return constant_;
      case Form::uniform:
        return Dimension<D>::from_base(origin_ + scale_ * stream.uniform());
      case Form::exponential:
        return Dimension<D>::from_base(scale_ * standard_exponential(stream));
      case Form::none:
        break;
    }
    return Dimension<D>::from_base(law_->sample(stream));
  }

  /// The same draw in base units, not rounded, clipped or limited.
  double sample_base(Stream& stream) const {
    return is_constant() ? Dimension<D>::to_base(constant_) : law_->sample(stream);
  }

  // Of the law as described, before rounding; in base units.
  double mean() const { return law_ ? law_->mean() : Dimension<D>::to_base(constant_); }
  double variance() const { return law_ ? law_->variance() : 0; }
  double minimum() const { return law_ ? law_->minimum() : Dimension<D>::to_base(constant_); }
  double cdf(double x) const {
    return law_ ? law_->cdf(x) : (x >= Dimension<D>::to_base(constant_) ? 1 : 0);
  }

  /// The mean in seconds, for results.
  double mean_seconds() const requires std::is_same_v<D, Duration> { return mean() / 1e9; }

  /// The choice as read; no type for a constant that was made from a value.
  const AnyChoice& any() const { return choice_; }

 private:
  using Form = Distribution::FastForm;

  Form form_ = Form::constant;
  D constant_{};
  double origin_ = 0;
  double scale_ = 0;
  std::shared_ptr<const Distribution> law_;  ///< Null for a constant.
  AnyChoice choice_;
};

using RandomDuration = Random<Duration>;
using RandomBytes = Random<Bytes>;
using RandomNumber = Random<double>;

extern template class Random<Duration>;
extern template class Random<Bytes>;
extern template class Random<double>;

/// A bound of a random parameter is a plain value and holds for the mean.
template <class D>
struct BoundType<Random<D>> {
  using type = D;
};

template <class D>
struct ValueType<Random<D>> {
  static constexpr std::string_view choice_kind = Dimension<D>::kind;

  static void read(const Json& json, Random<D>& out, const ParamOptions& options, const Path& path,
                   ReadContext& context);
  static void write(const Random<D>& value, Json& out);
  static void schema(const ParamOptions& options, SchemaContext& context, Json& out);
  static std::string type_text(const ParamOptions& options);  ///< "duration distribution"
  static void collect_refs(const Random<D>&, const ParamOptions&, const Path&,
                           std::vector<FoundRef>&) {}
  static std::string bound_text(double bound);
};

extern template struct ValueType<Random<Duration>>;
extern template struct ValueType<Random<Bytes>>;
extern template struct ValueType<Random<double>>;

/// `doc` with its example in one dimension: "exponential(<4>)" becomes "exponential(4ms)".
TypeDoc with_units(TypeDoc doc, std::string_view unit);

/// Makes one distribution known in all three dimensions. `Law<D>` is a DistributionOf<D> made by
/// `Law<D>(const Params<D>&, const MakeArgs&)`. The doc's example writes a quantity as `<4>`.
///
///   const DistributionRegistration<Exponential, ExponentialParams> registered{{.name = ...}};
template <template <class> class Law, template <class> class Params>
struct DistributionRegistration {
  explicit DistributionRegistration(const TypeDoc& doc)
      : duration(with_units(doc, Dimension<Duration>::example_unit)),
        bytes(with_units(doc, Dimension<Bytes>::example_unit)),
        number(with_units(doc, Dimension<double>::example_unit)) {}
  Registration<DistributionOf<Duration>, Law<Duration>, Params<Duration>> duration;
  Registration<DistributionOf<Bytes>, Law<Bytes>, Params<Bytes>> bytes;
  Registration<DistributionOf<double>, Law<double>, Params<double>> number;
};

}  // namespace faultline::sim
