#include "models/clients/request_maker.hpp"

#include <algorithm>

namespace faultline::models {

RequestMaker::RequestMaker(const ClientsParams& params, const sim::BuildContext& context)
    : keys_(params.keys.make({})),
      addresses_(static_cast<std::uint64_t>(params.addresses)),
      key_stream_(context.stream("keys")),
      read_stream_(context.stream("reads")),
      class_stream_(context.stream("mix")),
      size_stream_(context.stream("size")),
      next_id_(context.first_request_id()),
      address_base_(context.stream("addresses").next() - next_id_) {
  std::vector<MixEntry> mix = params.mix;
  if (mix.empty()) mix.emplace_back();
  double total = 0;
  for (const MixEntry& entry : mix) {
    total += entry.weight;
    classes_.push_back({context.name(entry.endpoint), entry.reads.value_or(params.reads).value,
                        entry.size.value_or(params.size), total});
  }
  for (RequestClass& each : classes_) each.weight_up_to /= total;
}

const RequestMaker::RequestClass& RequestMaker::class_at(double share) const {
  return *std::find_if(classes_.begin(), classes_.end() - 1,
                       [share](const RequestClass& each) { return share < each.weight_up_to; });
}

}  // namespace faultline::models
