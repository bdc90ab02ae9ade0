#include "sim/scenario/consistency_recorder.hpp"

#include <algorithm>
#include <cmath>

namespace faultline::sim {
namespace {

constexpr std::size_t stores_max = 255;

}  // namespace

ConsistencyRecorder::ConsistencyRecorder(const Kernel& kernel, const Options& options)
    : kernel_(kernel),
      options_(options),
      highest_place_(options.keys >= 1 ? ~std::uint64_t{0}
                                       : static_cast<std::uint64_t>(std::ldexp(options.keys, 64))) {
}

void ConsistencyRecorder::add_store(const Node& node) {
  if (stores_.size() <= node.id()) stores_.resize(node.id() + 1, no_store);
  const auto found = std::find(store_names_.begin() + 1, store_names_.end(), node.group());
  const auto number = static_cast<std::size_t>(found - store_names_.begin());
  // Of more groups than fit the number, the transactions are those of one store.
  stores_[node.id()] = static_cast<std::uint8_t>(std::min<std::size_t>(number, stores_max));
  if (found == store_names_.end() && number <= stores_max) store_names_.push_back(node.group());
}

std::uint32_t ConsistencyRecorder::begin(const Node& from, const Node& at, const Request& request) {
  if (store_of(from) != no_store) return 0;
  const bool writes = request.operation == Operation::write;
  // What is written in a transaction holds only if that commits, all of it at once, and what is
  // read in one may be of its snapshot: no operation by itself, and nothing to judge its key by.
  if (request.in_transaction() || request.operation == Operation::prepare) {
    if (writes || request.operation == Operation::prepare) transactional_.insert(request.key);
    return 0;
  }
  if (!writes && !request.is_read()) {
    if (request.operation == Operation::erase) left_out_.insert(request.key);
    return 0;
  }
  // A write of nothing could not be told from what was there before.
  if (writes &&
      (request.value == 0 || request.value > static_cast<std::uint64_t>(consistency::number_max))) {
    left_out_.insert(request.key);
  }
  if (free_.empty()) {
    open_.emplace_back();
    free_.push_back(static_cast<std::uint32_t>(open_.size()));
  }
  const std::uint32_t number = free_.back();
  free_.pop_back();
  open_[number - 1] = {.invoked = stamp(),
                       .completed = time_max,
                       .key = request.key,
                       .value = writes ? request.value : 0,
                       .session = request.session,
                       .node = options_.at_callee ? at.id() : from.id(),
                       .operation = request.operation,
                       .outcome = Outcome::unknown,
                       .reason = Reason::none,
                       .store = store_of(at),
                       .era = era_of(request)};
  return number;
}

void ConsistencyRecorder::ended(std::uint32_t operation, const Reply& reply) {
  if (is_stopped()) return;  // What was open then is remembered as it was.
  RecordedOperation& open = open_[operation - 1];
  RecordedOperation record = open;
  open.completed = time_zero;
  free_.push_back(operation);
  if (!is_watched(record.key)) return;
  record.completed = stamp();
  record.outcome = reply.outcome;
  record.reason = reply.reason;
  if (record.is_read()) record.value = reply.value;
  records_.push_back(record);
  if (records_.size() > options_.operations_max) make_room();
}

void ConsistencyRecorder::keep_up_to(std::uint64_t place) {
  highest_place_ = place;
  std::erase_if(records_, [this](const RecordedOperation& each) { return !is_watched(each.key); });
}

void ConsistencyRecorder::make_room() {
  std::vector<std::uint64_t> keys;
  keys.reserve(records_.size());
  for (const RecordedOperation& record : records_) keys.push_back(record.key);
  give_up_keys(keys);
}

void ConsistencyRecorder::give_up_keys(const std::vector<std::uint64_t>& keys) {
  bound_reached_ = true;
  std::uint64_t lowest = ~std::uint64_t{0};
  std::uint64_t highest = 0;
  for (const std::uint64_t key : keys) {
    lowest = std::min(lowest, place_of(key));
    highest = std::max(highest, place_of(key));
  }
  if (lowest == highest) {
    stopped_at_ = kernel_.now();
    return;
  }
  std::uint64_t place = highest_place_ / 2;
  while (place >= highest) place /= 2;
  keep_up_to(std::max(place, lowest));
}

std::vector<RecordedOperation> ConsistencyRecorder::operations() const { return collect(false); }

std::vector<RecordedOperation> ConsistencyRecorder::collect(bool of_transactions) const {
  std::vector<RecordedOperation> all;
  all.reserve(records_.size() + open_.size());
  const auto add = [&](const RecordedOperation& each) {
    if (!is_watched(each.key) || is_left_out(each.key)) return;
    if (of_transactions || !transactional_.contains(each.key)) all.push_back(each);
  };
  for (const RecordedOperation& record : records_) add(record);
  for (const RecordedOperation& open : open_) {
    if (open.completed == time_max && !open.is_read()) add(open);
  }
  // No two stamps are the same.
  std::sort(all.begin(), all.end(), [](const RecordedOperation& a, const RecordedOperation& b) {
    return a.invoked < b.invoked;
  });
  return all;
}

double ConsistencyRecorder::keys_ratio() const {
  return std::ldexp(static_cast<double>(highest_place_), -64);
}

}  // namespace faultline::sim
