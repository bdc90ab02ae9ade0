#include "models/clients/request_maker.hpp"

#include <algorithm>

namespace faultline::models {
namespace {

/// Open visitors are numbered round: two of one number are never there at once.
constexpr std::uint32_t visitors_max = 1 << 20;

}  // namespace

RequestMaker::RequestMaker(const ClientsParams& params, const sim::BuildContext& context)
    : addresses_(static_cast<std::uint64_t>(params.addresses)),
      key_stream_(context.stream("keys")),
      read_stream_(context.stream("reads")),
      class_stream_(context.stream("mix")),
      size_stream_(context.stream("size")),
      address_stream_(context.stream("address_popularity")),
      next_id_(context.first_request_id()),
      sessions_(visitors_max),
      first_session_(params.users ? 0 : context.first_session(visitors_max)),
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
  if (!params.trace) return;
  for (const std::string& name : params.trace->file.findings->classes) {
    const auto same = std::find_if(
        mix.begin(), mix.end(), [&name](const MixEntry& entry) { return entry.endpoint == name; });
    if (same != mix.end()) {
      trace_classes_.push_back(classes_[static_cast<std::size_t>(same - mix.begin())]);
    } else {
      trace_classes_.push_back({.endpoint = context.name(name),
                                .priority = 0,
                                .reads = params.reads.value,
                                .size = params.size,
                                .keys = keys_.front().get(),
                                .weight_up_to = 0});
    }
  }
}

sim::Request RequestMaker::recorded(const TraceReplay::Item& item, sim::Time now) {
  const bool says_class = item.details.request_class != TraceDetails::no_class;
  // The file may have changed since it was checked.
  SIM_ASSERT(!says_class || item.details.request_class < trace_classes_.size());
  const RequestClass& chosen =
      says_class ? trace_classes_[item.details.request_class] : pick_class();
  sim::Request request;
  request.id = next_id_++;
  request.source = address_of(request.id);
  request.size = item.has_size ? item.request.size : chosen.size.sample(size_stream_).count;
  request.born = now;
  request.endpoint = request.request_class = chosen.endpoint;
  request.priority = chosen.priority;
  request.key = item.request.key;
  request.session = session_of(request.id);
  switch (item.details.operation) {
    case TraceOperation::read:
      request.operation = sim::Operation::read;
      break;
    case TraceOperation::write:
      request.operation = sim::Operation::write;
      break;
    case TraceOperation::erase:
      request.operation = sim::Operation::erase;
      break;
    case TraceOperation::unsaid:
      const bool read = chosen.reads >= 1 || read_stream_.uniform() < chosen.reads;
      request.operation = read ? sim::Operation::read : sim::Operation::write;
      break;
  }
  if (request.operation == sim::Operation::write) request.value = request.id;
  return request;
}

const RequestMaker::RequestClass& RequestMaker::class_at(double share) const {
  return *std::find_if(classes_.begin(), classes_.end() - 1,
                       [share](const RequestClass& each) { return share < each.weight_up_to; });
}

}  // namespace faultline::models
