#include "sim/random/distribution.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/param/assert.hpp"

namespace faultline::sim {

template <class D>
Random<D>::Random(D constant) : constant_(constant), origin_(Dimension<D>::to_base(constant)) {
  SIM_ASSERT(Dimension<D>::may_be_negative || origin_ >= 0);
}

template <class D>
Random<D>::Random(std::string_view text)
    : Random(default_choice(Dimension<D>::kind, text, DistributionOf<D>::bare_type)) {}

template <class D>
Random<D>::Random(AnyChoice choice) : choice_(std::move(choice)) {
  SIM_ASSERT(choice_.type);
  law_ = Choice<DistributionOf<D>>(choice_).make({});
  const Distribution::Fast fast = law_->fast();
  form_ = fast.form;
  origin_ = fast.origin;
  scale_ = fast.scale;
  if (is_constant()) {
    constant_ = Dimension<D>::from_base(origin_);
    law_.reset();
  }
}

template <class D>
void ValueType<Random<D>>::read(const Json& json, Random<D>& out, const ParamOptions& options,
                                const Path& path, ReadContext& context) {
  AnyChoice choice =
      read_choice(DistributionOf<D>::kind, json, path, context, DistributionOf<D>::bare_type);
  if (!choice.type) return;
  Random<D> value(std::move(choice));
  const double mean = value.mean();
  const auto refuse = [&](std::string_view relation, double bound) {
    const std::string found = mean < std::numeric_limits<double>::infinity()
                                  ? Dimension<D>::text(Dimension<D>::from_base(mean))
                                  : "an infinite one";
    context.problems.add(
        path, fmt::format("expected a mean of {} {}, got {}", relation, bound_text(bound), found));
  };
  if (options.minimum_exclusive ? mean <= options.minimum : mean < options.minimum) {
    return refuse(options.minimum_exclusive ? "more than" : "at least", options.minimum);
  }
  if (options.maximum_exclusive ? mean >= options.maximum : mean > options.maximum) {
    return refuse(options.maximum_exclusive ? "less than" : "at most", options.maximum);
  }
  out = std::move(value);
}

template <class D>
void ValueType<Random<D>>::write(const Random<D>& value, Json& out) {
  if (value.is_constant()) {
    ValueType<D>::write(value.constant_value(), out);
  } else {
    write_choice(value.any(), out, DistributionOf<D>::bare_type);
  }
}

template <class D>
void ValueType<Random<D>>::schema(const ParamOptions&, SchemaContext& context, Json& out) {
  choice_schema(DistributionOf<D>::kind, context, out, DistributionOf<D>::bare_type);
}

template <class D>
std::string ValueType<Random<D>>::type_text(const ParamOptions&) {
  return std::string(DistributionOf<D>::kind);
}

template <class D>
std::string ValueType<Random<D>>::bound_text(double bound) {
  return ValueType<D>::bound_text(bound);
}

TypeDoc with_units(TypeDoc doc, std::string_view unit) {
  std::string example;
  for (const char c : doc.example) {
    if (c == '>') {
      example += unit;
    } else if (c != '<') {
      example += c;
    }
  }
  doc.example = std::move(example);
  return doc;
}

template class Random<Duration>;
template class Random<Bytes>;
template class Random<double>;
template struct ValueType<Random<Duration>>;
template struct ValueType<Random<Bytes>>;
template struct ValueType<Random<double>>;

}  // namespace faultline::sim
