#include "sim/registry/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace faultline::sim {
namespace {

constexpr std::size_t width = 80;

/// Characters, not bytes.
std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::string padded(std::string_view text, std::size_t columns) {
  std::string out(text);
  if (length_of(text) < columns) out.append(columns - length_of(text), ' ');
  return out;
}

/// A longer name with its default is broken over lines of its own.
constexpr std::size_t head_max = 60;

/// Appends `text` in lines of at most 80 columns: the first continues the line that `out` ends
/// with, those below are indented.
void append_wrapped(std::string& out, std::string_view text, std::size_t indent) {
  const std::size_t line_begin = out.rfind('\n') == std::string::npos ? 0 : out.rfind('\n') + 1;
  std::size_t column = length_of(std::string_view(out).substr(line_begin));
  bool at_start = true;
  while (!text.empty()) {
    const std::size_t begin = text.find_first_not_of(" \n");
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    const std::string_view word = text.substr(0, text.find_first_of(" \n"));
    text.remove_prefix(word.size());
    const std::size_t needed = length_of(word) + (at_start ? 0 : 1);
    if (!at_start && column + needed > width) {
      out += '\n';
      out.append(indent, ' ');
      column = indent;
      at_start = true;
    }
    if (!at_start) out += ' ';
    out += word;
    column += length_of(word) + (at_start ? 0 : 1);
    at_start = false;
  }
  out += '\n';
}

/// A text as it stands in a file without its quotes, if nobody can mistake it; else as JSON.
std::string value_text(const Json& value) {
  if (value.is_string() && !value.get_ref<const std::string&>().empty())
    return value.get<std::string>();
  return one_line(value);
}

/// The default as it would be written, or empty if there is none.
std::string default_text(const ParamRecord& parameter, const void* defaults) {
  if (parameter.options().required) return {};
  Json value;
  parameter.write(defaults, value);
  if (value.is_null() || value == Json::array() || value == Json::object() || value == Json(""))
    return {};
  return value_text(value);
}

Json choice_example(std::string_view kind, int depth);

/// Zero or empty: what a parameter that must be given holds before it is.
bool is_nothing(const Json& value) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    return text.empty() || text.front() == '0';
  }
  return value.is_null() || value == 0 || value.empty();
}

/// Values worth trying for a parameter that must be given, in the order of preference.
std::vector<Json> candidates(const ParamRecord& parameter, const void* defaults, int depth) {
  std::vector<Json> values;
  Json value;
  parameter.write(defaults, value);
  if (!is_nothing(value)) values.push_back(value);
  const ParamOptions& options = parameter.options();
  for (const std::string& word : options.words) values.push_back(word);
  const std::string type = parameter.type_text();
  const TypeCatalogue& catalogue = TypeCatalogue::instance();
  for (const std::string& kind : catalogue.kinds()) {
    if (type == kind || type == "list of " + detail::plural(kind))
      values.push_back(choice_example(kind, depth + 1));
  }
  values.push_back(options.role == "any" ? "app" : options.role);
  for (const char* text : {"5ms", "64KiB", "200/s", "1Gbit/s", "50%", "1s"}) values.push_back(text);
  for (const int number : {1, 2, 10, 1000}) values.push_back(number);
  values.push_back(0.5);
  values.push_back(true);
  for (const double bound : {options.minimum, options.maximum}) {
    if (!std::isfinite(bound)) continue;
    const std::string text = parameter.bound_text(bound);
    const Json number = Json::parse(text, nullptr, false);
    values.push_back(number.is_discarded() ? Json(text) : number);
  }
  // The same as lists, then as the member of a map.
  const std::size_t scalars = values.size();
  for (std::size_t i = 0; i < scalars; ++i) values.push_back(Json::array({values[i]}));
  for (std::size_t i = 0; i < scalars; ++i) values.push_back(Json{{"name", values[i]}});
  return values;
}

/// Whether `value` can be read, so that an example is never one that the reader refuses.
bool is_readable(const TypeRecord& type, const ParamRecord& parameter, const Json& value) {
  Problems problems;
  ReadContext context{problems};
  const std::shared_ptr<void> params = type.make_params();
  parameter.read(value, params.get(), Path(), context);
  return problems.empty();
}

Json make_example(const TypeRecord& type, int depth) {
  const std::shared_ptr<void> params = type.make_params();
  Problems problems;
  ReadContext context{problems};
  Json object = Json::object();
  for (const auto& parameter : type.params().records()) {
    if (!parameter->options().required) continue;
    for (const Json& value : candidates(*parameter, params.get(), depth)) {
      if (!is_readable(type, *parameter, value)) continue;
      object[parameter->name()] = value;
      break;
    }
  }
  type.params().read(object, params.get(), Path(), context);
  if (problems.empty()) {
    Json example;
    write_choice({&type, params}, example);
    // One parameter shows how parameters are written.
    if (example == Json(type.name())) {
      for (const auto& parameter : type.params().records()) {
        const std::string value = default_text(*parameter, params.get());
        Json call(fmt::format("{}({}={})", type.name(), parameter->name(), value));
        Problems refused;
        ReadContext trial{refused};
        if (!value.empty() && read_choice(type.kind(), call, Path(), trial).type) return call;
      }
    }
    return example;
  }
  object["type"] = type.name();
  return object;
}

/// The first type of `kind` that needs nothing given, or the first of all.
Json choice_example(std::string_view kind, int depth) {
  constexpr int depth_max = 4;
  const std::vector<const TypeRecord*> types = TypeCatalogue::instance().types(kind);
  for (const TypeRecord* type : types) {
    const auto& records = type->params().records();
    if (std::none_of(records.begin(), records.end(),
                     [](const auto& record) { return record->options().required; })) {
      return type->name();
    }
  }
  if (types.empty() || depth > depth_max) return nullptr;
  return make_example(*types.front(), depth);
}

void append_type(std::string& out, const TypeRecord& type, bool with_kind, Language language) {
  const TypeDoc& doc = type.doc();
  out += doc.name;
  if (with_kind) out += fmt::format(" ({})", type.kind());
  out += ": ";
  append_wrapped(out, type_title(type, language), 4);
  const auto paragraph = [&](std::string_view label, std::string_view text) {
    if (text.empty()) return;
    out += "  ";
    if (!label.empty()) out += translated(label, language);
    append_wrapped(out, text, 4);
  };
  paragraph("", type_summary(type, language));
  paragraph("Example: ", value_text(example_of(type)));
  const std::shared_ptr<void> defaults = type.make_params();
  for (const auto& parameter : type.params().records()) {
    std::string head = "  " + parameter->name();
    const std::string value = default_text(*parameter, defaults.get());
    if (parameter->options().required)
      head += " (" + translated("required", language) + ")";
    else if (!value.empty())
      head += " = " + value;
    std::string about = value_type_text(*parameter, language);
    if (const std::string range = range_text(*parameter, language); !range.empty())
      about += ", " + range;
    if (length_of(head) > head_max) {
      out += "  ";
      append_wrapped(out, head.substr(2), 6);
      out += std::string(32, ' ');
    } else {
      out += padded(head, 32);
      if (out.back() != ' ') out += "  ";
    }
    append_wrapped(out, about, 32);
    out += "      ";
    append_wrapped(out, param_help(type, *parameter, language), 6);
  }
  paragraph("Source: ", doc.source);
  paragraph("Does not model: ", type_does_not_model(type, language));
}

/// The kind as files call it; in another language than theirs, with its name there.
std::string heading_of(std::string_view kind, Language language) {
  if (language == Language::english) return std::string(kind);
  return fmt::format("{}: {}", kind, kind_title(kind, language));
}

std::string overview(Language language) {
  const TypeCatalogue& catalogue = TypeCatalogue::instance();
  std::string out;
  for (const std::string& kind : catalogue.kinds()) {
    if (!out.empty()) out += '\n';
    out += heading_of(kind, language) + '\n';
    std::size_t column = 0;
    for (const std::string& name : catalogue.names(kind)) column = std::max(column, name.size());
    for (const TypeRecord* type : catalogue.types(kind)) {
      out += "  " + padded(type->name(), column) + "  ";
      append_wrapped(out, type_title(*type, language), column + 4);
    }
  }
  return out;
}

/// Text that Markdown and HTML leave as it is, also in a table.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '\n':
        out += ' ';
        break;
      case '|':
      case '*':
      case '_':
      case '[':
      case ']':
      case '`':
      case '\\':
        out += '\\';
        out += c;
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// Code in a table: a vertical bar would end the cell.
std::string code(std::string_view text) {
  if (text.empty()) return {};
  std::string out = "`";
  for (const char c : text) {
    if (c == '|') out += '\\';
    if (c != '`') out += c;
  }
  return out + "`";
}

void append_markdown(std::string& out, const TypeRecord& type, Language language) {
  const TypeDoc& doc = type.doc();
  out += fmt::format("## {}\n\n{}\n\n{}\n\n", escaped(doc.name),
                     escaped(type_title(type, language)), escaped(type_summary(type, language)));
  out += fmt::format("```jsonc\n{}\n```\n\n", example_of(type).is_string()
                                                  ? example_of(type).dump()
                                                  : one_line(example_of(type)));
  const auto& records = type.params().records();
  if (!records.empty()) {
    out += translated("| Parameter | Type | Unit | Default | Range | Meaning |", language);
    out += "\n|---|---|---|---|---|---|\n";
    const std::shared_ptr<void> defaults = type.make_params();
    for (const auto& parameter : records) {
      const std::string value = default_text(*parameter, defaults.get());
      const std::string shown =
          parameter->options().required ? translated("required", language) : code(value);
      out += fmt::format("| {} | {} | {} | {} | {} | {} |\n", code(parameter->name()),
                         escaped(value_type_text(*parameter, language, false)),
                         escaped(unit_text(parameter->options().unit, language)), shown,
                         escaped(range_text(*parameter, language)),
                         escaped(param_help(type, *parameter, language)));
    }
    out += '\n';
  }
  const auto paragraph = [&](std::string_view label, std::string_view text) {
    if (!text.empty()) out += translated(label, language) + escaped(text) + "\n\n";
  };
  paragraph("Source: ", doc.source);
  paragraph("Does not model: ", type_does_not_model(type, language));
}

std::string file_of(std::string_view kind) {
  std::string name(kind);
  std::replace(name.begin(), name.end(), ' ', '_');
  return name + ".md";
}

}  // namespace

Json example_of(const TypeRecord& type) {
  if (type.doc().example.empty()) return make_example(type, 0);
  Json json = Json::parse(type.doc().example, nullptr, false);
  return json.is_discarded() ? Json(type.doc().example) : json;
}

std::string one_line(const Json& json) {
  std::string out;
  if (json.is_object()) {
    out += '{';
    // The type first, as one would say it.
    const auto append = [&](const std::string& key, const Json& value) {
      if (out.size() > 1) out += ", ";
      out += Json(key).dump() + ": " + one_line(value);
    };
    if (json.contains("type")) append("type", json["type"]);
    for (const auto& [key, value] : json.items()) {
      if (key != "type") append(key, value);
    }
    return out + '}';
  }
  if (json.is_array()) {
    out += '[';
    for (const Json& item : json) {
      if (out.size() > 1) out += ", ";
      out += one_line(item);
    }
    return out + ']';
  }
  return json.dump();
}

std::optional<std::string> types_text(std::string_view name, std::string& error,
                                      Language language) {
  const TypeCatalogue& catalogue = TypeCatalogue::instance();
  if (name.empty()) return overview(language);
  std::vector<std::string> known = catalogue.kinds();
  std::string out;
  for (const std::string& kind : catalogue.kinds()) {
    for (const TypeRecord* type : catalogue.types(kind)) {
      known.push_back(type->name());
      if (kind != name && type->name() != name) continue;
      if (!out.empty()) out += '\n';
      append_type(out, *type, kind != name, language);
    }
  }
  if (!out.empty()) return out;
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  const std::string near = closest(name, known);
  error = near.empty() ? fmt::format("unknown kind or type {}; kinds: {}", in_quotes(name),
                                     joined(catalogue.kinds()))
                       : fmt::format("unknown kind or type {}; did you mean {}?", in_quotes(name),
                                     in_quotes(near));
  return std::nullopt;
}

std::map<std::string, std::string> reference_pages(Language language) {
  const TypeCatalogue& catalogue = TypeCatalogue::instance();
  std::map<std::string, std::string> pages;
  std::string index = fmt::format(
      "# {}\n\n{}\n\n{}\n|---|---|\n", translated("Reference", language),
      translated("What can be written in a scenario file, one page a kind. Generated from the "
                 "declarations.",
                 language),
      translated("| Kind | Types |", language));
  for (const std::string& kind : catalogue.kinds()) {
    std::string links;
    std::string page = fmt::format("# {}\n\n", escaped(heading_of(kind, language)));
    for (const TypeRecord* type : catalogue.types(kind)) {
      if (!links.empty()) links += ", ";
      links += fmt::format("[{}]({}#{})", escaped(type->name()), file_of(kind), type->name());
      append_markdown(page, *type, language);
    }
    page.pop_back();  // One line end closes a file.
    index += fmt::format("| [{}]({}) | {} |\n", escaped(heading_of(kind, language)), file_of(kind),
                         links);
    pages[file_of(kind)] = std::move(page);
  }
  pages["README.md"] = std::move(index);
  return pages;
}

}  // namespace faultline::sim
