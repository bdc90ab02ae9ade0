#include "sim/measure/consistency/object.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

#include "sim/param/assert.hpp"

namespace faultline::sim::consistency {

namespace {

/// The finaliser of SplitMix64. Source: Steele, Lea and Flood, OOPSLA 2014.
constexpr std::uint64_t mixed(std::uint64_t word) {
  word += 0x9e3779b97f4a7c15U;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9U;
  word = (word ^ (word >> 27)) * 0x94d049bb133111ebU;
  return word ^ (word >> 31);
}

Fingerprint fingerprint_of_value(Value value, std::uint64_t salt = 0) {
  return fingerprint_of(static_cast<std::uint64_t>(value), salt);
}

/// Numbers of a history are small; their sum need not be.
Value wrapped_sum(Value a, Value b) {
  return static_cast<Value>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

class Register final : public Object {
 public:
  explicit Register(Value initial) : value_(initial) {}

  bool apply(const Operation& operation, bool) override {
    switch (operation.kind) {
      case Kind::read:
        return operation.value == value_;
      case Kind::differs:
        return operation.value != value_;
      case Kind::cas:
        if (operation.value != value_) return false;
        before_.push_back(value_);
        value_ = operation.second;
        return true;
      default:
        before_.push_back(value_);
        value_ = operation.value;
        return true;
    }
  }
  void undo(const Operation& operation) override {
    if (!written_by(operation)) return;
    value_ = before_.back();
    before_.pop_back();
  }
  Fingerprint state() const override { return {static_cast<std::uint64_t>(value_), 0}; }
  bool only_observes(const Operation& operation) const override {
    return operation.kind == Kind::read || operation.kind == Kind::differs ||
           (operation.kind == Kind::cas && operation.value == operation.second);
  }
  bool helps(const Operation& change, const Operation& goal) const override {
    if (goal.kind == Kind::differs) return written_by(change) != goal.value;
    const std::optional<Value> wanted = found_by(goal);
    return !wanted || written_by(change) == wanted;
  }

 private:
  Value value_;
  std::vector<Value> before_;  ///< What the writes that were applied replaced.
};

class Counter final : public Object {
 public:
  explicit Counter(Value initial) : sum_(initial == nil ? 0 : initial) {}

  bool apply(const Operation& operation, bool) override {
    if (operation.kind == Kind::read) return operation.value == sum_;
    sum_ = wrapped_sum(sum_, operation.value);
    return true;
  }
  void undo(const Operation& operation) override {
    if (operation.kind == Kind::read) return;
    sum_ = wrapped_sum(sum_, -operation.value);
  }
  Fingerprint state() const override { return {static_cast<std::uint64_t>(sum_), 0}; }
  bool commutes() const override { return true; }

 private:
  Value sum_;
};

class Set final : public Object {
 public:
  Set(const History& history, std::span<const std::uint32_t> indices) {
    for (const Value member : members_of(history, history.initial)) insert(member);
    for (const std::uint32_t index : indices) {
      const Operation& operation = history.operations[index];
      if (operation.kind != Kind::read || read_.contains(operation.value)) continue;
      Fingerprint fingerprint{};
      for (const Value member : members_of(history, operation.value)) {
        fingerprint ^= fingerprint_of_value(member);
      }
      read_.emplace(operation.value, fingerprint);
    }
  }

  bool apply(const Operation& operation, bool) override {
    if (operation.kind == Kind::read) return read_.at(operation.value) == state_;
    insert(operation.value);
    return true;
  }
  void undo(const Operation& operation) override {
    if (operation.kind == Kind::read) return;
    if (--count_.at(operation.value) == 0) state_ ^= fingerprint_of_value(operation.value);
  }
  Fingerprint state() const override { return state_; }
  bool commutes() const override { return true; }

 private:
  static std::vector<Value> members_of(const History& history, Value value) {
    if (value == nil) return {};
    const std::span<const Value> elements = history.values.elements_of(value);
    std::vector<Value> members(elements.begin(), elements.end());
    std::sort(members.begin(), members.end());
    members.erase(std::unique(members.begin(), members.end()), members.end());
    return members;
  }
  void insert(Value member) {
    if (++count_[member] == 1) state_ ^= fingerprint_of_value(member);
  }

  std::unordered_map<Value, std::uint32_t> count_;  ///< How often each was added.
  std::unordered_map<Value, Fingerprint> read_;     ///< Of what each read found.
  Fingerprint state_{};                             ///< Of the members.
};

class Queue final : public Object {
 public:
  bool apply(const Operation& operation, bool completed) override {
    if (operation.kind == Kind::enqueue) {
      const auto word = mixed(static_cast<std::uint64_t>(operation.value));
      items_.push_back(operation.value);
      const Fingerprint last = sums_.back();
      sums_.push_back({(product(last.a, base) + word % prime) % prime, last.b * base + word});
      if (powers_.size() <= items_.size()) {
        const Fingerprint power = powers_.back();
        powers_.push_back({product(power.a, base), power.b * base});
      }
      return true;
    }
    const bool is_empty = head_ == items_.size();
    if (!completed) {
      if (is_empty) return false;  // It changes nothing, so it need not have happened.
      ++head_;
      return true;
    }
    if (operation.value == nil) return is_empty;
    if (is_empty || items_[head_] != operation.value) return false;
    ++head_;
    return true;
  }
  void undo(const Operation& operation) override {
    if (operation.kind == Kind::enqueue) {
      items_.pop_back();
      sums_.pop_back();
    } else if (operation.outcome != Outcome::ok || operation.value != nil) {
      --head_;
    }
  }
  /// The rolling hash of the items now in it, in two lanes.
  Fingerprint state() const override {
    const std::size_t count = items_.size() - head_;
    const Fingerprint& all = sums_.back();
    const Fingerprint& gone = sums_[head_];
    const std::uint64_t gone_a = product(gone.a, powers_[count].a);
    return {(all.a + prime - gone_a) % prime + (static_cast<std::uint64_t>(count) << 61),
            all.b - gone.b * powers_[count].b};
  }
  bool only_observes(const Operation& operation) const override {
    return operation.kind == Kind::dequeue && operation.outcome == Outcome::ok &&
           operation.value == nil;
  }

 private:
  static constexpr std::uint64_t prime = (std::uint64_t{1} << 61) - 1;
  static constexpr std::uint64_t base = 0x1b873593cc9e2d51U % prime;
  static std::uint64_t product(std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>(static_cast<Wide>(a) * b % prime);
  }

  std::vector<Value> items_;  ///< All that were ever put in; those before head_ are out again.
  std::size_t head_ = 0;
  std::vector<Fingerprint> sums_{{}};        ///< Hash of the first i items.
  std::vector<Fingerprint> powers_{{1, 1}};  ///< Of the base.
};

class UnorderedQueue final : public Object {
 public:
  bool apply(const Operation& operation, bool) override {
    if (operation.kind == Kind::enqueue) {
      change(operation.value, +1);
      return true;
    }
    if (operation.value == nil) return size_ == 0;
    const auto found = count_.find(operation.value);
    if (found == count_.end() || found->second == 0) return false;
    change(operation.value, -1);
    return true;
  }
  void undo(const Operation& operation) override {
    if (operation.kind == Kind::enqueue) {
      change(operation.value, -1);
    } else if (operation.value != nil) {
      change(operation.value, +1);
    }
  }
  Fingerprint state() const override { return state_; }
  bool commutes() const override { return true; }
  bool only_observes(const Operation& operation) const override {
    return operation.kind == Kind::dequeue && operation.value == nil;
  }
  bool helps(const Operation& change, const Operation& goal) const override {
    return goal.value == nil ? change.kind == Kind::dequeue
                             : change.kind == Kind::enqueue && change.value == goal.value;
  }

 private:
  void change(Value value, std::int64_t by) {
    std::int64_t& count = count_[value];
    state_ ^= fingerprint_of_value(value, static_cast<std::uint64_t>(count));
    count += by;
    size_ += by;
    state_ ^= fingerprint_of_value(value, static_cast<std::uint64_t>(count));
  }

  std::unordered_map<Value, std::int64_t> count_;
  std::int64_t size_ = 0;
  Fingerprint state_{};
};

/// Balances, none of them ever below zero. Source: Jepsen's bank test
/// (https://github.com/jepsen-io/jepsen, jepsen.tests.bank).
class Bank final : public Object {
 public:
  Bank(const History& history, std::span<const std::uint32_t> indices) : history_(history) {
    if (history.initial != nil) {
      const std::span<const Value> entries = history.values.elements_of(history.initial);
      for (std::size_t entry = 0; entry < entries.size(); entry += 2) {
        change(entries[entry], entries[entry + 1]);
      }
    }
    for (const std::uint32_t index : indices) {
      const Operation& operation = history.operations[index];
      if (operation.kind != Kind::read || read_.contains(operation.value)) continue;
      std::map<Value, Value> balances;
      const std::span<const Value> entries = history.values.elements_of(operation.value);
      for (std::size_t entry = 0; entry < entries.size(); entry += 2) {
        balances[entries[entry]] = entries[entry + 1];
      }
      Fingerprint fingerprint{};
      for (const auto& [account, balance] : balances) fingerprint ^= of(account, balance);
      read_.emplace(operation.value, fingerprint);
    }
  }

  bool apply(const Operation& operation, bool) override {
    if (operation.kind == Kind::read) return read_.at(operation.value) == state_;
    const std::span<const Value> parts = history_.values.elements_of(operation.value);
    if (balance_[parts[0]] < parts[2]) return false;
    change(parts[0], -parts[2]);
    change(parts[1], parts[2]);
    return true;
  }
  void undo(const Operation& operation) override {
    if (operation.kind == Kind::read) return;
    const std::span<const Value> parts = history_.values.elements_of(operation.value);
    change(parts[1], -parts[2]);
    change(parts[0], parts[2]);
  }
  Fingerprint state() const override { return state_; }
  bool commutes() const override { return true; }

 private:
  /// An account without money is as good as none.
  static Fingerprint of(Value account, Value balance) {
    if (balance == 0) return {};
    return fingerprint_of_value(account, mixed(static_cast<std::uint64_t>(balance)));
  }
  void change(Value account, Value by) {
    Value& balance = balance_[account];
    state_ ^= of(account, balance);
    balance = wrapped_sum(balance, by);
    state_ ^= of(account, balance);
  }

  const History& history_;
  std::unordered_map<Value, Value> balance_;
  std::unordered_map<Value, Fingerprint> read_;
  Fingerprint state_{};
};

class Text final : public Object {
 public:
  explicit Text(const History& history) : history_(history) { append(text(history.initial)); }

  bool apply(const Operation& operation, bool) override {
    switch (operation.kind) {
      case Kind::read:
        return content_ == text(operation.value);
      case Kind::append:
        before_.push_back({content_.size(), state_, {}});
        append(text(operation.value));
        return true;
      default:
        before_.push_back({0, state_, std::move(content_)});
        content_.clear();
        state_ = {};
        append(text(operation.value));
        return true;
    }
  }
  void undo(const Operation& operation) override {
    if (operation.kind == Kind::read) return;
    Before& before = before_.back();
    if (operation.kind == Kind::append) {
      content_.resize(before.size);
    } else {
      content_ = std::move(before.content);
    }
    state_ = before.state;
    before_.pop_back();
  }
  Fingerprint state() const override { return state_; }
  /// What stands last in a text is what was written last.
  bool helps(const Operation& change, const Operation& goal) const override {
    if (goal.kind != Kind::read) return true;
    const std::string_view wanted = text(goal.value);
    const std::string_view written = text(change.value);
    return change.kind == Kind::append ? wanted.ends_with(written) : wanted == written;
  }

 private:
  struct Before {
    std::size_t size;
    Fingerprint state;
    std::string content;
  };
  std::string_view text(Value value) const {
    return value == nil ? std::string_view() : history_.values.text_of(value);
  }
  void append(std::string_view more) {
    content_ += more;
    for (const char c : more) {
      const auto word = static_cast<std::uint64_t>(static_cast<unsigned char>(c)) + 1;
      state_.a = (state_.a + word) * 0x9e3779b97f4a7c15U;
      state_.a ^= state_.a >> 32;
      state_.b = (state_.b ^ word) * 0xd6e8feb86659fd93U;
      state_.b ^= state_.b >> 29;
    }
  }

  const History& history_;
  std::string content_;
  Fingerprint state_{};
  std::vector<Before> before_;
};

constexpr std::array<std::string_view, 8> names{
    "register", "cas_register", "counter", "set", "queue", "unordered_queue", "bank", "kv_append"};

bool is_list_of_numbers(const History& history, Value value, std::size_t count) {
  if (history.values.kind(value) != ValueTable::Kind::list) return false;
  const std::span<const Value> elements = history.values.elements_of(value);
  return elements.size() == count && std::all_of(elements.begin() + 2, elements.end(), is_number);
}

bool is_map_of_numbers(const History& history, Value value) {
  if (history.values.kind(value) != ValueTable::Kind::map) return false;
  const std::span<const Value> entries = history.values.elements_of(value);
  for (std::size_t entry = 1; entry < entries.size(); entry += 2) {
    if (!is_number(entries[entry])) return false;
  }
  return true;
}

bool is_text_or_nil(const History& history, Value value) {
  return value == nil || history.values.kind(value) == ValueTable::Kind::text;
}

bool knows(Model model, Kind kind) {
  switch (model) {
    case Model::rw_register:
      return kind == Kind::read || kind == Kind::write;
    case Model::cas_register:
      return kind == Kind::read || kind == Kind::write || kind == Kind::cas ||
             kind == Kind::differs;
    case Model::counter:
    case Model::set:
      return kind == Kind::read || kind == Kind::add;
    case Model::queue:
    case Model::unordered_queue:
      return kind == Kind::enqueue || kind == Kind::dequeue;
    case Model::bank:
      return kind == Kind::read || kind == Kind::transfer;
    case Model::kv_append:
      return kind == Kind::read || kind == Kind::write || kind == Kind::append;
  }
  return false;
}

}  // namespace

Fingerprint fingerprint_of(std::uint64_t word, std::uint64_t salt) {
  const std::uint64_t first = mixed(word ^ mixed(salt));
  return {first, mixed(first ^ 0xa0761d6478bd642fU) + word};
}

std::string_view to_text(Model model) { return names[static_cast<std::size_t>(model)]; }

std::optional<Model> model_of(std::string_view text) {
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) return std::nullopt;
  return static_cast<Model>(found - names.begin());
}

std::vector<std::string> model_names() { return {names.begin(), names.end()}; }

std::unique_ptr<Object> make_object(Model model, const History& history,
                                    std::span<const std::uint32_t> indices) {
  switch (model) {
    case Model::rw_register:
    case Model::cas_register:
      return std::make_unique<Register>(history.initial);
    case Model::counter:
      return std::make_unique<Counter>(history.initial);
    case Model::set:
      return std::make_unique<Set>(history, indices);
    case Model::queue:
      return std::make_unique<Queue>();
    case Model::unordered_queue:
      return std::make_unique<UnorderedQueue>();
    case Model::bank:
      return std::make_unique<Bank>(history, indices);
    case Model::kv_append:
      return std::make_unique<Text>(history);
  }
  SIM_ASSERT(false);
  return nullptr;
}

std::optional<std::string> misfit(Model model, const History& history, const Operation& operation) {
  if (!knows(model, operation.kind)) {
    return fmt::format("a {} has no {}", to_text(model), to_text(operation.kind));
  }
  const bool is_answer = operation.kind == Kind::read || operation.kind == Kind::dequeue;
  if (is_answer && operation.outcome != Outcome::ok) return std::nullopt;
  const ValueTable& values = history.values;
  const auto wrong = [&](std::string_view expected) {
    return fmt::format("expected {}, got {}", expected, values.to_text(operation.value));
  };
  switch (model) {
    case Model::counter:
      if (!is_number(operation.value)) return wrong("a whole number");
      break;
    case Model::set:
      if (operation.kind == Kind::read && operation.value != nil &&
          values.kind(operation.value) != ValueTable::Kind::list) {
        return wrong("a list of the set's members");
      }
      break;
    case Model::bank:
      if (operation.kind == Kind::read && !is_map_of_numbers(history, operation.value)) {
        return wrong("a map from account to balance");
      }
      if (operation.kind == Kind::transfer && (!is_list_of_numbers(history, operation.value, 3) ||
                                               values.elements_of(operation.value)[2] < 0)) {
        return wrong("{from, to, amount}");
      }
      break;
    case Model::kv_append:
      if (!is_text_or_nil(history, operation.value)) return wrong("a text");
      break;
    default:
      break;
  }
  return std::nullopt;
}

}  // namespace faultline::sim::consistency
