#include "models/clients/request_maker.hpp"

#include <algorithm>

namespace faultline::models {

RequestMaker::RequestMaker(const ClientsParams& params, const sim::BuildContext& context)
    : addresses_(static_cast<std::uint64_t>(params.addresses)),
      key_stream_(context.stream("keys")),
      read_stream_(context.stream("reads")),
      class_stream_(context.stream("mix")),
      size_stream_(context.stream("size")),
      address_stream_(context.stream("address_popularity")),
      next_id_(context.first_request_id()),
      address_base_(context.stream("addresses").next() - next_id_) {
  keys_.push_back(params.keys.make({}));
  if (params.address_popularity) {
    address_popularity_ = params.address_popularity.make({});
    addresses_ = address_popularity_->key_count();
  }
  std::vector<MixEntry> mix = params.mix;
  if (mix.empty()) mix.emplace_back();
  double total = 0;
  for (const MixEntry& entry : mix) {
    total += entry.weight;
    if (entry.keys) keys_.push_back(entry.keys.make({}));
    classes_.push_back({.endpoint = context.name(entry.endpoint),
                        .priority = static_cast<std::uint8_t>(entry.priority),
                        .reads = entry.reads.value_or(params.reads).value,
                        .size = entry.size.value_or(params.size),
                        .keys = entry.keys ? keys_.back().get() : keys_.front().get(),
                        .weight_up_to = total});
  }
  for (RequestClass& each : classes_) each.weight_up_to /= total;
}

const RequestMaker::RequestClass& RequestMaker::class_at(double share) const {
  return *std::find_if(classes_.begin(), classes_.end() - 1,
                       [share](const RequestClass& each) { return share < each.weight_up_to; });
}

}  // namespace faultline::models
