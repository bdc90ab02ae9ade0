/// Named types and how to make them. A policy announces itself in its own file:
///
///   const sim::Registration<EvictionPolicy, Clock, ClockParams> registered{{
///       .name = "clock", .title = "Clock (second chance)",
///       .summary = "A ring in insertion order that spares entries touched since the hand last
///       passed.", .source = "Corbato, A Paging Experiment with the Multics System, 1968",
///       .does_not_model = "the cost of moving the hand"}};
///
/// An interface says what kind it is and what its makers are handed:
///
///   class EvictionPolicy {
///    public:
///     static constexpr std::string_view kind = "eviction";  // the heading in `faultline types`
///     struct MakeArgs { std::int64_t capacity; };            // what a constructor gets after its
///     params virtual ~EvictionPolicy() = default;
///
/// The implementation is made by `Impl(const Params&, const MakeArgs&)`.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/param/assert.hpp"
#include "sim/param/param.hpp"

namespace faultline::sim {

/// The shelf of the window's palette that a type of node stands on, in the order of the palette.
enum class Category { none, traffic, balancing, serving, caching, storage, coordination };

/// What a person reads about a type.
struct TypeDoc {
  std::string name;         ///< As written in a file: "clock".
  std::string title;        ///< "Clock (second chance)"
  std::string summary;      ///< One or two sentences.
  std::string source = {};  ///< Paper, RFC or manual.
  std::string does_not_model = {};
  std::string example = {};  ///< As written in a file; empty: one is made from the declarations.
  Category category = Category::none;  ///< Of a node; nothing else has one.
};

/// A registered type, its interface erased: enough for reading, checking, schema, reference pages
/// and the inspector.
class TypeRecord {
 public:
  virtual ~TypeRecord() = default;
  const TypeDoc& doc() const { return doc_; }
  const std::string& name() const { return doc_.name; }
  std::string_view kind() const { return kind_; }
  virtual const ParamSet& params() const = 0;
  virtual std::shared_ptr<void> make_params() const = 0;  ///< Default values.
  virtual void check(const void* params, const Path& path, Problems& problems) const = 0;

 protected:
  TypeRecord(std::string_view kind, TypeDoc doc) : kind_(kind), doc_(std::move(doc)) {}
  std::string_view kind_;
  TypeDoc doc_;
};

/// All registered types of all kinds, by kind and name. Two types of one kind with one name stop
/// the program at start.
class TypeCatalogue {
 public:
  static TypeCatalogue& instance();
  /// Requires: a name of lower-case letters, digits and `_`, the first a letter.
  void add(const TypeRecord& record);
  const TypeRecord* find(std::string_view kind, std::string_view name) const;
  std::vector<std::string> kinds() const;                             ///< Sorted.
  std::vector<const TypeRecord*> types(std::string_view kind) const;  ///< Sorted by name.
  std::vector<std::string> names(std::string_view kind) const;        ///< Sorted.

 private:
  std::map<std::string, std::map<std::string, const TypeRecord*, std::less<>>, std::less<>> kinds_;
};

/// A registered implementation of Interface.
template <class Interface>
class Maker : public TypeRecord {
 public:
  virtual std::unique_ptr<Interface> make(const void* params,
                                          const typename Interface::MakeArgs& args) const = 0;

 protected:
  using TypeRecord::TypeRecord;
};

/// The one line that makes a type known.
template <class Interface, class Impl, class Params>
class Registration final : public Maker<Interface> {
 public:
  explicit Registration(TypeDoc doc) : Maker<Interface>(Interface::kind, std::move(doc)) {
    TypeCatalogue::instance().add(*this);
  }
  const ParamSet& params() const override { return params_of<Params>(); }
  std::shared_ptr<void> make_params() const override { return std::make_shared<Params>(); }
  void check(const void* params, const Path& path, Problems& problems) const override {
    if constexpr (requires(const Params& p) { Params::check(p, path, problems); }) {
      Params::check(*static_cast<const Params*>(params), path, problems);
    }
  }
  std::unique_ptr<Interface> make(const void* params,
                                  const typename Interface::MakeArgs& args) const override {
    return std::make_unique<Impl>(*static_cast<const Params*>(params), args);
  }
};

/// A choice read from a file: which type, with which parameters. Its interface erased.
struct AnyChoice {
  const TypeRecord* type = nullptr;
  std::shared_ptr<const void> params;
};

/// Reads a choice of `kind` in any of its three forms: "lru", "exponential(4ms)",
/// "exponential(mean=4ms)",
/// {"type": "exponential", "mean": "4ms"}. Positional arguments follow the order of declaration.
/// `bare_type`, if not empty, is the type meant by a value that is not a type's name ("5ms" for
/// constant). Nothing on a problem.
AnyChoice read_choice(std::string_view kind, const Json& json, const Path& path,
                      ReadContext& context, std::string_view bare_type = {});
/// The shortest form that reads back the same with this `bare_type`; null for no choice.
void write_choice(const AnyChoice& choice, Json& out, std::string_view bare_type = {});
/// Sets `out` to a reference to the definition of `kind`: its names, its calls, its objects, and
/// what its bare type takes.
void choice_schema(std::string_view kind, SchemaContext& context, Json& out,
                   std::string_view bare_type = {});
void collect_choice_refs(const AnyChoice& choice, const Path& path, std::vector<FoundRef>& out);

/// The choice written in `text`, a default of our own code; wrong text stops the program with its
/// problems.
AnyChoice default_choice(std::string_view kind, std::string_view text,
                         std::string_view bare_type = {});

/// The type meant by a value that names none, or empty: `Interface::bare_type`.
template <class Interface>
constexpr std::string_view bare_type_of() {
  if constexpr (requires { Interface::bare_type; })
    return Interface::bare_type;
  else
    return {};
}

/// A choice of policy as a parameter value: `Choice<EvictionPolicy> eviction{"lru"};`
template <class Interface>
class Choice {
 public:
  Choice() = default;  ///< No choice: `if (choice)` is false. Needs `.required()` or a check before
                       ///< `make`.
  /// The type and parameters written in `text`; wrong text stops the program (it is a default in
  /// our own code).
  explicit Choice(std::string_view text)
      : choice_(default_choice(Interface::kind, text, bare_type_of<Interface>())) {}
  /// Requires: no choice, or one of this kind.
  explicit Choice(AnyChoice choice) : choice_(std::move(choice)) {
    SIM_ASSERT(!choice_.type || choice_.type->kind() == Interface::kind);
  }

  explicit operator bool() const { return choice_.type != nullptr; }
  const TypeRecord& type() const { return *choice_.type; }
  const std::string& name() const { return choice_.type->name(); }
  const AnyChoice& any() const { return choice_; }
  /// Requires: a choice.
  std::unique_ptr<Interface> make(const typename Interface::MakeArgs& args) const {
    SIM_ASSERT(choice_.type);
    return static_cast<const Maker<Interface>*>(choice_.type)->make(choice_.params.get(), args);
  }

 private:
  AnyChoice choice_;
};

template <class Interface>
struct ValueType<Choice<Interface>> {
  static constexpr std::string_view choice_kind = Interface::kind;

  static void read(const Json& json, Choice<Interface>& out, const ParamOptions&, const Path& path,
                   ReadContext& context) {
    if (!out && is_null(json)) return;  // Null stands for no choice where there is none without it.
    AnyChoice choice = read_choice(Interface::kind, json, path, context, bare_type_of<Interface>());
    if (choice.type) out = Choice<Interface>(std::move(choice));
  }
  static void write(const Choice<Interface>& value, Json& out) {
    write_choice(value.any(), out, bare_type_of<Interface>());
  }
  static void schema(const ParamOptions&, SchemaContext& context, Json& out) {
    choice_schema(Interface::kind, context, out, bare_type_of<Interface>());
  }
  static std::string type_text(const ParamOptions&) { return std::string(Interface::kind); }
  static void collect_refs(const Choice<Interface>& value, const ParamOptions&, const Path& path,
                           std::vector<FoundRef>& out) {
    collect_choice_refs(value.any(), path, out);
  }
};

}  // namespace faultline::sim
