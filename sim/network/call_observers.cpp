#include "sim/network/call_observers.hpp"

#include <array>
#include <cstddef>

#include "sim/network/call.hpp"
#include "sim/param/assert.hpp"

namespace faultline::sim {

std::uint32_t CallObserver::call_begun(const Node& from, const Target& target,
                                       const Request& request, std::coroutine_handle<>) {
  return begun(from, *target.node, request);
}

void CallObserver::call_sent(const Node& from, const Target& target, const Request& request) {
  sent(from, *target.node, request);
}

class CallObservers::List final : public CallObserver {
 public:
  void add(CallObserver& observer) {
    SIM_ASSERT(count_ < observers_.size());
    observers_[count_++] = &observer;
  }

  std::uint32_t begun(const Node& from, const Node& at, const Request& request) override {
    return number_of([&](CallObserver& each) { return each.begun(from, at, request); });
  }
  std::uint32_t call_begun(const Node& from, const Target& target, const Request& request,
                           std::coroutine_handle<> frame) override {
    return number_of(
        [&](CallObserver& each) { return each.call_begun(from, target, request, frame); });
  }
  void call_lost(std::uint32_t operation) override {
    const Numbers& numbers = open_[operation - 1];
    for (std::size_t i = 0; i < count_; ++i) {
      if (numbers[i] != 0) observers_[i]->call_lost(numbers[i]);
    }
  }
  void call_given_up(std::uint32_t operation) override {
    const Numbers numbers = open_[operation - 1];
    free_.push_back(operation);
    for (std::size_t i = 0; i < count_; ++i) {
      if (numbers[i] != 0) observers_[i]->call_given_up(numbers[i]);
    }
  }
  void call_sent(const Node& from, const Target& target, const Request& request) override {
    for (std::size_t i = 0; i < count_; ++i) observers_[i]->call_sent(from, target, request);
  }
  void sent(const Node& from, const Node& at, const Request& request) override {
    for (std::size_t i = 0; i < count_; ++i) observers_[i]->sent(from, at, request);
  }
  void posted(const Node& from, const Node& at, std::int64_t bytes) override {
    for (std::size_t i = 0; i < count_; ++i) observers_[i]->posted(from, at, bytes);
  }
  void ended(std::uint32_t operation, const Reply& reply) override {
    const Numbers numbers = open_[operation - 1];
    free_.push_back(operation);
    for (std::size_t i = 0; i < count_; ++i) {
      if (numbers[i] != 0) observers_[i]->ended(numbers[i], reply);
    }
  }

 private:
  static constexpr std::size_t observers_max = 6;
  /// What each observer calls an operation; 0: it does not want to know.
  using Numbers = std::array<std::uint32_t, observers_max>;

  /// The number of an operation whose beginning `begin` tells one observer.
  template <class Begin>
  std::uint32_t number_of(const Begin& begin) {
    Numbers numbers{};
    std::uint32_t any = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      numbers[i] = begin(*observers_[i]);
      any |= numbers[i];
    }
    if (any == 0) return 0;
    if (free_.empty()) {
      open_.emplace_back();
      free_.push_back(static_cast<std::uint32_t>(open_.size()));
    }
    const std::uint32_t operation = free_.back();
    free_.pop_back();
    open_[operation - 1] = numbers;
    return operation;
  }

  std::array<CallObserver*, observers_max> observers_{};
  std::size_t count_ = 0;
  std::vector<Numbers> open_;        ///< By number less 1.
  std::vector<std::uint32_t> free_;  ///< Numbers of open_ to be used again.
};

CallObservers::CallObservers() = default;
CallObservers::~CallObservers() = default;

void CallObservers::add(CallObserver& observer, CallObserver*& told) {
  if (!told) {
    told = &observer;
    return;
  }
  if (!list_) {
    list_ = std::make_unique<List>();
    list_->add(*told);
    told = list_.get();
  }
  list_->add(observer);
}

}  // namespace faultline::sim
