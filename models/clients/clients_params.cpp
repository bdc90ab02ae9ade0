#include "models/clients/clients_params.hpp"

namespace faultline::models {

void MixEntry::describe(sim::ParamList<MixEntry>& list) {
  list.add("endpoint", &MixEntry::endpoint,
           "What is asked for; also the name of the class in the result")
      .required();
  list.add("weight", &MixEntry::weight, "How often, in relation to the other entries")
      .above(0)
      .at_most(1e9);
  list.add("reads", &MixEntry::reads, "Share of reads; without it, that of the clients")
      .between(sim::Probability{0}, sim::Probability{1});
  list.add("size", &MixEntry::size, "Size of a request; without it, that of the clients");
}

void ClientsParams::describe(sim::ParamList<ClientsParams>& list) {
  list.add("arrivals", &ClientsParams::arrivals, "When requests are sent").required();
  list.add("target", &ClientsParams::target,
           "Whom they are sent to; of several replicas, each in turn")
      .required();
  list.add("keys", &ClientsParams::keys, "Which keys are asked for, and how often");
  list.add("reads", &ClientsParams::reads, "Share of reads; the others are writes")
      .between(sim::Probability{0}, sim::Probability{1});
  list.add("size", &ClientsParams::size, "Size of a request");
  list.add("mix", &ClientsParams::mix,
           "Classes of requests by endpoint; without it, all ask for \"default\"");
  list.include(&ClientsParams::caller);
  list.add("addresses", &ClientsParams::addresses,
           "How many network addresses they come from, each about equally often")
      .between(1, std::int64_t{1} << 32);
}

}  // namespace faultline::models
