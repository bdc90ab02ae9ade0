/// What a state machine of models/algorithms tells another one, as a message of the network.
#pragma once

#include <memory>
#include <utility>

#include "sim/network/message.hpp"

namespace faultline::models {

template <class Content>
struct Letter final : sim::Message {
  explicit Letter(Content content_) : content(std::move(content_)) {}
  std::unique_ptr<sim::Message> copy() const override { return std::make_unique<Letter>(content); }
  Content content;
};

}  // namespace faultline::models
