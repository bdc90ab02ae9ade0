/// Objects as one client alone would see them: what an operation changes, and what answers it
/// allows. A checker looks for an order of a history's operations that such an object accepts.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sim/measure/consistency/history.hpp"

namespace faultline::sim::consistency {

enum class Model : std::uint8_t {
  rw_register,      ///< "register": read, write.
  cas_register,     ///< Also compare-and-set.
  counter,          ///< add (of any whole number), read. Starts at `initial`, or 0.
  set,              ///< add, read of all members, in any order. Starts empty.
  queue,            ///< First in, first out: enqueue, dequeue.
  unordered_queue,  ///< A dequeue takes any member.
  bank,             ///< transfer, read of all balances. One object, whatever the keys are.
  kv_append,        ///< Texts: write, append, read. nil and "" are the same.
};

std::string_view to_text(Model model);
std::optional<Model> model_of(std::string_view text);
/// All models by name.
std::vector<std::string> model_names();

/// Two words that equal states share and, but for a chance of 2^-100, only they.
struct Fingerprint {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  bool operator==(const Fingerprint&) const = default;
  Fingerprint& operator^=(const Fingerprint& other) {
    a ^= other.a;
    b ^= other.b;
    return *this;
  }
};
/// A random-looking fingerprint of a few words, the same on every machine.
Fingerprint fingerprint_of(std::uint64_t word, std::uint64_t salt);

/// An object that takes operations one after another, and takes them back.
class Object {
 public:
  virtual ~Object() = default;

  /// Lets `operation` take effect; false, and nothing changed, if its answer is not one that this
  /// object could have given now. Without an answer (`completed` false) any will do.
  virtual bool apply(const Operation& operation, bool completed) = 0;
  /// Takes back the last `apply` that was not taken back. Requires: it was of `operation`, and
  /// returned true.
  virtual void undo(const Operation& operation) = 0;
  /// Of the state.
  virtual Fingerprint state() const = 0;
  /// Whether `operation` leaves every state in which it can be applied as it is.
  virtual bool only_observes(const Operation& operation) const {
    return operation.kind == Kind::read;
  }
  /// False only if no order can need `change` as the last one before `goal`.
  virtual bool helps(const Operation& change, const Operation& goal) const {
    static_cast<void>(change);
    static_cast<void>(goal);
    return true;
  }
  /// Whether two changes that can be applied one after the other can also be applied the other way
  /// round, to the same effect.
  virtual bool commutes() const { return false; }
};

/// A new object of `model`, for the operations `indices` of `history`, which must outlive it.
std::unique_ptr<Object> make_object(Model model, const History& history,
                                    std::span<const std::uint32_t> indices);

/// Whether `operation` is one that `model` knows, with values it can take. What is wrong otherwise:
/// "a register has no append".
std::optional<std::string> misfit(Model model, const History& history, const Operation& operation);

/// What an operation writes to a register, if it does.
inline std::optional<Value> written_by(const Operation& operation) {
  if (operation.kind == Kind::write) return operation.value;
  if (operation.kind == Kind::cas) return operation.second;
  return std::nullopt;
}
/// What an operation found in a register, if it tells.
inline std::optional<Value> found_by(const Operation& operation) {
  if (operation.kind == Kind::read || operation.kind == Kind::cas) return operation.value;
  return std::nullopt;
}

}  // namespace faultline::sim::consistency
