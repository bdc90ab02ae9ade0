/// One declaration of a parameter. From it come reading and writing of JSON, the checks, the JSON
/// Schema, the reference page and the row of the window's inspector.
///
///   struct ClockParams {
///     std::int64_t counter_bits = 1;  // the default stands once, here
///     static void describe(sim::ParamList<ClockParams>& list) {
///       list.add("counter_bits", &ClockParams::counter_bits, "Touches remembered per
///       entry").unit("bits").between(1, 8);
///     }
///     static void check(const ClockParams&, const sim::Path&, sim::Problems&);  // optional:
///     checks across fields
///   };
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/param/problem.hpp"
#include "sim/param/units.hpp"

namespace faultline::sim {

using Json = nlohmann::json;

/// What reading needs beside the value: where problems go, and where a file named in the scenario
/// is looked for.
struct ReadContext {
  Problems& problems;
  std::filesystem::path base_directory = ".";
};

/// A reference to another node, by name: a port, drawn as a wire. Resolved when the system is
/// built.
struct NodeRef {
  std::string name;
  std::string role = {};  ///< ParamOptions::role, when it has been read from a file.
  bool operator==(const NodeRef& other) const { return name == other.name; }
};

/// Where a reference was found, for resolving it: the path for messages, and what the port accepts.
struct FoundRef {
  Path path;
  std::string name;
  std::string
      role;  ///< What the target must offer: "any", "cache", "store", ... (ParamOptions::role).
};

/// Collects shared definitions ("$defs") while a schema is written.
class SchemaContext {
 public:
  /// Sets `out` to `{"$ref": "#/$defs/NAME"}`; `make` fills the definition the first time NAME is
  /// asked for (recursion is safe: while it is being made, NAME counts as known).
  void reference(const std::string& name, const std::function<void(SchemaContext&, Json&)>& make,
                 Json& out);
  const std::map<std::string, std::unique_ptr<Json>>& definitions() const { return definitions_; }
  SchemaContext();
  ~SchemaContext();

 private:
  std::map<std::string, std::unique_ptr<Json>> definitions_;
};

/// What a declaration adds to a bare value.
struct ParamOptions {
  std::string unit;  ///< For counts only: what is counted. Types with a dimension know their unit.
  bool required = false;
  double minimum =
      -std::numeric_limits<double>::infinity();  ///< In base units (ns, bytes, 1/s, 0..1).
  double maximum = std::numeric_limits<double>::infinity();
  bool minimum_exclusive = false;
  bool maximum_exclusive = false;
  std::size_t items_min = 0;       ///< For lists and maps.
  std::vector<std::string> words;  ///< For strings: the words allowed; empty: any.
  std::string role = "any";        ///< For references: what the target must offer.
};

/// How a C++ type is read, written and described. Specialised in sim/param/value_types.hpp for
/// bool, std::int64_t, double, std::string, Duration, Bytes, Rate, Bandwidth, Probability, NodeRef,
/// std::optional<T>, std::vector<T> and std::map<std::string, T>; in sim/registry for
/// Choice<Interface>; in sim/random for the random quantities. JSON goes in and out by reference,
/// so that a file that only declares parameters needs no JSON header.
///   static void read(const Json&, T& out, const ParamOptions&, const Path&, ReadContext&);  //
///   leaves out alone on a problem static void write(const T&, Json& out);             // the
///   shortest form that reads back the same static void schema(const ParamOptions&, SchemaContext&,
///   Json& out); static std::string type_text(const ParamOptions&);  // for people: "duration",
///   "list of references" static void collect_refs(const T&, const ParamOptions&, const Path&,
///   std::vector<FoundRef>&);  // most do nothing
/// and, where they mean something:
///   static ParamOptions initial_options();              // before the declaration narrows them: a
///   probability is in 0..1 static std::string bound_text(double);              // a bound as it is
///   written in a file: "5ms" static constexpr bool is_list = true;               // takes all
///   remaining positional arguments of a call
///   static constexpr std::string_view choice_kind = "eviction";                  // a choice of it
///   static const ParamSet& members();                                            // an object
template <class T>
struct ValueType;

/// The words around the bounds in ParamRecord::range_text, with {} for what goes in.
struct RangeWords {
  std::string_view one_of = "one of: {}";
  std::string_view between = "{} to {}";
  std::string_view above = "more than {}";
  std::string_view at_least = "at least {}";
  std::string_view below = "less than {}";
  std::string_view at_most = "at most {}";
  std::string_view not_empty = "not empty";
};

class ParamSet;

/// The type of a bound of a parameter of type T: T itself; of a list, a map or an optional, that of
/// what it holds.
template <class T>
struct BoundType {
  using type = T;
};
template <class T>
struct BoundType<std::optional<T>> : BoundType<T> {};
template <class T>
struct BoundType<std::vector<T>> : BoundType<T> {};
template <class T>
struct BoundType<std::map<std::string, T>> : BoundType<T> {};

/// What a value of type T holds in the end: T itself; of a list, a map or an optional, what that
/// holds.
template <class T>
struct ElementType {
  using type = T;
};
template <class T>
struct ElementType<std::optional<T>> : ElementType<T> {};
template <class T>
struct ElementType<std::vector<T>> : ElementType<T> {};
template <class T>
struct ElementType<std::map<std::string, T>> : ElementType<T> {};

/// One declared parameter, its C++ type erased.
class ParamRecord {
 public:
  virtual ~ParamRecord() = default;
  const std::string& name() const { return name_; }
  const std::string& help() const { return help_; }
  const ParamOptions& options() const { return options_; }
  /// For people: "at least 1", "0% to 100%", "one of: fifo, lifo"; empty without a bound.
  std::string range_text(const RangeWords& words = {}) const;
  virtual std::string type_text() const = 0;
  /// Reads `json` into this field of `params`; a problem leaves the field as it was.
  virtual void read(const Json& json, void* params, const Path& path,
                    ReadContext& context) const = 0;
  /// The field as it would stand in a file; null for an optional value or a reference that is not
  /// set.
  virtual void write(const void* params, Json& out) const = 0;
  /// The JSON Schema of the field's value, without description and default.
  virtual void schema(SchemaContext& context, Json& out) const = 0;
  virtual void collect_refs(const void* params, const Path& path,
                            std::vector<FoundRef>& out) const = 0;
  /// Whether the value is a list, which takes all remaining positional arguments of a call.
  virtual bool is_list() const = 0;
  /// A bound (in base units, as in ParamOptions) as it is written in a file: "5ms", "8".
  virtual std::string bound_text(double bound) const = 0;
  /// The kind of the choice that the value is, or each element of the list or map that it is; empty
  /// if it is none.
  virtual std::string_view choice_kind() const = 0;
  /// The parameters of the object that the value is, or each element of the list or map that it is;
  /// null if it is none.
  virtual const ParamSet* members() const = 0;

 protected:
  ParamRecord(std::string_view name, std::string_view help) : name_(name), help_(help) {}
  std::string name_;
  std::string help_;
  ParamOptions options_;
  template <class P, class T>
  friend class ParamBuilder;
};

/// Whether `json` is null, for code that has no JSON header.
bool is_null(const Json& json);

/// A number in its shortest exact form, as JSON writes it: "8", "0.5", "1e+30".
std::string number_text(double value);

/// What `ParamList::add` returns: each call narrows the declaration. Bounds of a list, a map or an
/// optional hold for what it holds.
template <class P, class T>
class ParamBuilder {
 public:
  using Bound = typename BoundType<T>::type;

  explicit ParamBuilder(ParamRecord& record) : options_(record.options_) {}
  ParamBuilder& unit(std::string_view unit) { return options_.unit = unit, *this; }
  /// The file must give it.
  ParamBuilder& required() { return options_.required = true, *this; }
  ParamBuilder& at_least(Bound value) {
    return options_.minimum = base(value), options_.minimum_exclusive = false, *this;
  }
  ParamBuilder& above(Bound value) {
    return options_.minimum = base(value), options_.minimum_exclusive = true, *this;
  }
  ParamBuilder& at_most(Bound value) {
    return options_.maximum = base(value), options_.maximum_exclusive = false, *this;
  }
  ParamBuilder& below(Bound value) {
    return options_.maximum = base(value), options_.maximum_exclusive = true, *this;
  }
  ParamBuilder& between(Bound low, Bound high) { return at_least(low).at_most(high); }
  /// A list, a map or a text must not be empty.
  ParamBuilder& not_empty() { return options_.items_min = 1, *this; }
  /// The words a text may be.
  ParamBuilder& one_of(std::vector<std::string> words) {
    return options_.words = std::move(words), *this;
  }
  /// What the target of a reference must offer.
  ParamBuilder& role(std::string_view role) { return options_.role = role, *this; }

 private:
  static double base(const Bound& value) {
    if constexpr (requires { value.per_second; })
      return value.per_second;
    else if constexpr (requires { value.bits_per_second; })
      return value.bits_per_second;
    else if constexpr (requires { value.value; })
      return value.value;
    else if constexpr (requires { value.count(); })
      return static_cast<double>(value.count());
    else if constexpr (requires { value.count; })
      return static_cast<double>(value.count);
    else
      return static_cast<double>(value);
  }
  ParamOptions& options_;
};

/// The declared parameters of one struct, erased of its type.
class ParamSet {
 public:
  const std::vector<std::unique_ptr<ParamRecord>>& records() const { return records_; }
  const ParamRecord* find(std::string_view name) const;  ///< Null if there is none.
  std::vector<std::string> names() const;                ///< In the order of declaration.

  /// Reads a JSON object into `params`. Unknown keys other than `also_known` are problems with a
  /// suggestion; missing required ones are problems; everything else keeps its default.
  void read(const Json& object, void* params, const Path& path, ReadContext& context,
            const std::vector<std::string>& also_known = {}) const;
  /// The required parameters and all that differ from `defaults`, or all if `defaults` is null. A
  /// required one that is not set is left out.
  Json write(const void* params, const void* defaults = nullptr) const;
  /// The "properties" object, each with its description and, if `defaults` is given, its default;
  /// the names of the required ones are appended to `required`.
  Json schema_properties(SchemaContext& context, std::vector<std::string>& required,
                         const void* defaults = nullptr) const;
  void collect_refs(const void* params, const Path& path, std::vector<FoundRef>& out) const;

 protected:
  /// Requires: a name of lower-case letters, digits and `_` that is not declared yet.
  ParamRecord& adopt(std::unique_ptr<ParamRecord> record);

 private:
  std::vector<std::unique_ptr<ParamRecord>> records_;
};

/// The declaration list handed to `P::describe`.
template <class P>
class ParamList : public ParamSet {
 public:
  template <class Owner, class T>
  ParamBuilder<P, T> add(std::string_view name, T Owner::*member, std::string_view help) {
    return ParamBuilder<P, T>(adopt(std::make_unique<Field<Owner, T>>(name, member, help)));
  }
  /// Declares all parameters of the struct that is this member, as if they were P's own: what
  /// several components take in the same way is declared in one place. Its check, if it has one, is
  /// P's to call.
  template <class Owner, class Part>
  void include(Part Owner::*member);

 private:
  /// A parameter of a part of P.
  template <class Owner, class Part>
  class PartField final : public ParamRecord {
   public:
    PartField(const ParamRecord& inner, Part Owner::*member)
        : ParamRecord(inner.name(), inner.help()), inner_(inner), member_(member) {
      options_ = inner.options();
    }
    std::string type_text() const override { return inner_.type_text(); }
    void read(const Json& json, void* params, const Path& path,
              ReadContext& context) const override {
      inner_.read(json, &(static_cast<P*>(params)->*member_), path, context);
    }
    void write(const void* params, Json& out) const override {
      inner_.write(&(static_cast<const P*>(params)->*member_), out);
    }
    void schema(SchemaContext& context, Json& out) const override { inner_.schema(context, out); }
    void collect_refs(const void* params, const Path& path,
                      std::vector<FoundRef>& out) const override {
      inner_.collect_refs(&(static_cast<const P*>(params)->*member_), path, out);
    }
    bool is_list() const override { return inner_.is_list(); }
    std::string bound_text(double bound) const override { return inner_.bound_text(bound); }
    std::string_view choice_kind() const override { return inner_.choice_kind(); }
    const ParamSet* members() const override { return inner_.members(); }

   private:
    const ParamRecord& inner_;
    Part Owner::*member_;
  };

  template <class Owner, class T>
  class Field final : public ParamRecord {
   public:
    Field(std::string_view name, T Owner::*member, std::string_view help)
        : ParamRecord(name, help), member_(member) {
      if constexpr (requires { ValueType<T>::initial_options(); }) {
        options_ = ValueType<T>::initial_options();
      }
    }
    std::string type_text() const override { return ValueType<T>::type_text(options_); }
    void read(const Json& json, void* params, const Path& path,
              ReadContext& context) const override {
      ValueType<T>::read(json, at(params), options_, path, context);
    }
    void write(const void* params, Json& out) const override {
      ValueType<T>::write(at(params), out);
    }
    void schema(SchemaContext& context, Json& out) const override {
      ValueType<T>::schema(options_, context, out);
    }
    void collect_refs(const void* params, const Path& path,
                      std::vector<FoundRef>& out) const override {
      ValueType<T>::collect_refs(at(params), options_, path, out);
    }
    bool is_list() const override {
      return requires { ValueType<T>::is_list; };
    }
    std::string bound_text(double bound) const override {
      if constexpr (requires { ValueType<T>::bound_text(bound); }) {
        return ValueType<T>::bound_text(bound);
      } else {
        return number_text(bound);
      }
    }
    std::string_view choice_kind() const override {
      if constexpr (requires { ValueType<Element>::choice_kind; })
        return ValueType<Element>::choice_kind;
      else
        return {};
    }
    const ParamSet* members() const override {
      if constexpr (requires { ValueType<Element>::members(); })
        return &ValueType<Element>::members();
      else
        return nullptr;
    }

   private:
    using Element = typename ElementType<T>::type;

    T& at(void* params) const { return static_cast<P*>(params)->*member_; }
    const T& at(const void* params) const { return static_cast<const P*>(params)->*member_; }
    T Owner::*member_;
  };
};

/// The one ParamSet of P, made on first use.
template <class P>
const ParamSet& params_of() {
  static const ParamList<P> list = [] {
    ParamList<P> made;
    P::describe(made);
    return made;
  }();
  return list;
}

template <class P>
template <class Owner, class Part>
void ParamList<P>::include(Part Owner::*member) {
  for (const auto& inner : params_of<Part>().records()) {
    adopt(std::make_unique<PartField<Owner, Part>>(*inner, member));
  }
}

/// A parameter struct without parameters.
struct NoParams {
  static void describe(ParamList<NoParams>&) {}
};

}  // namespace faultline::sim

#include "sim/param/value_types.hpp"
