/// What the next request of some users is: its class by weight, its key by popularity, whether it
/// reads or writes, how large it is.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "models/clients/clients_params.hpp"
#include "sim/measure/digest.hpp"
#include "sim/network/request.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

class RequestMaker {
 public:
  RequestMaker(const ClientsParams& params, const sim::BuildContext& context);

  /// A request sent at `now`, from an address of its own.
  sim::Request next(sim::Time now) {
    const RequestClass& chosen = pick_class();
    sim::Request request;
    request.id = next_id_++;
    request.source = address_of(request.id);
    request.size = chosen.size.sample(size_stream_).count;
    request.born = now;
    request.endpoint = request.request_class = chosen.endpoint;
    const bool read = chosen.reads >= 1 || read_stream_.uniform() < chosen.reads;
    request.operation = read ? sim::Operation::read : sim::Operation::write;
    request.key = read ? chosen.keys->sample(key_stream_) : chosen.keys->sample_write(key_stream_);
    request.priority = chosen.priority;
    if (!read) request.value = request.id;
    request.session = session_of(request.id);
    return request;
  }

  /// The request that a trace recorded, sent at `now`.
  sim::Request recorded(const TraceReplay::Item& item, sim::Time now);

  /// The address of a request or user with this number.
  std::uint64_t address_of(std::uint64_t number) {
    if (address_popularity_) [[unlikely]]
      return address_popularity_->sample(address_stream_);
    // Spread by a hash of the number instead of by lot: as even, and a draw less for each request.
    return sim::mix_bits(address_base_ + number) % addresses_;
  }
  /// There are so many closed users at the most: each has a session of his own.
  void number_users(const sim::BuildContext& context, std::uint64_t users) {
    sessions_ = static_cast<std::uint32_t>(std::max<std::uint64_t>(users, 1));
    first_session_ = context.first_session(sessions_);
  }
  /// The session of closed user or open visitor `number`.
  std::uint32_t session_of(std::uint64_t number) const {
    return first_session_ + static_cast<std::uint32_t>(number % sessions_);
  }
  std::uint64_t addresses() const { return addresses_; }

 private:
  struct RequestClass {
    sim::NameId endpoint;
    std::uint8_t priority;
    double reads;
    sim::RandomBytes size;
    sim::KeyPopularity* keys;
    double weight_up_to;  ///< Of this and all before it, as a share of the whole.
  };

  const RequestClass& pick_class() {
    if (classes_.size() == 1) return classes_.front();
    return class_at(class_stream_.uniform());
  }
  const RequestClass& class_at(double share) const;

  std::vector<std::unique_ptr<sim::KeyPopularity>>
      keys_;  ///< The first: for want of a class's own.
  std::unique_ptr<sim::KeyPopularity> address_popularity_;  ///< Null: equally often.
  std::uint64_t addresses_;
  std::vector<RequestClass> classes_;
  std::vector<RequestClass> trace_classes_;  ///< By their number in the trace.
  sim::Stream key_stream_;
  sim::Stream read_stream_;
  sim::Stream class_stream_;
  sim::Stream size_stream_;
  sim::Stream address_stream_;
  std::uint64_t next_id_;
  std::uint32_t sessions_;  ///< Closed users, or as many as may be under way at once.
  std::uint32_t first_session_;
  std::uint64_t address_base_;  ///< Makes of an id, which other nodes shift, this node's own luck.
};

}  // namespace faultline::models
