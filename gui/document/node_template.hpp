/// What a new node of a type looks like: its example, without the nodes it refers to.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace faultline::gui {

/// A reference that a template had to leave out.
struct RemovedReference {
  std::string parameter;  ///< Of the node; empty if it stood deeper inside.
  std::string role;
  bool list = false;
};

struct NodeTemplate {
  std::shared_ptr<const nlohmann::json> value;  ///< With "type"; null for an unknown type.
  std::vector<RemovedReference> removed;
};

NodeTemplate nodeTemplate(const std::string& type);

}  // namespace faultline::gui
