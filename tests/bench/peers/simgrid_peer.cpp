/// The workloads on SimGrid (s4u): actors, mailboxes, links.
///
///   simgrid_peer hold N EVENTS           N actors, each of which sleeps again and again
///   simgrid_peer three_tier SECONDS      worker actors behind mailboxes; a hop is a link's latency
///
/// With the fastest settings that keep the model: small stacks without guard pages, and the network
/// model CM02 without cross traffic.
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include <simgrid/s4u.hpp>

#include "tests/bench/bench_program.hpp"

namespace {

namespace s4u = simgrid::s4u;
namespace three_tier = faultline_bench::three_tier;
using faultline_bench::Random;

void hold(s4u::Engine& engine, s4u::NetZone& zone, long count, double events) {
  s4u::Host* host = zone.create_host("host", 1.0)->seal();
  zone.seal();
  const double end = events / static_cast<double>(count);
  Random random(7);
  std::uint64_t fired = 0;
  for (long i = 0; i < count; ++i) {
    s4u::Actor::create("process", host, [&random, &fired, end] {
      for (;;) {
        const double wait = random.exponential(1);
        if (s4u::Engine::get_clock() + wait > end) return;
        s4u::this_actor::sleep_for(wait);
        ++fired;
      }
    });
  }
  const double start = faultline_bench::cpu_seconds();
  engine.run();
  const double cpu = faultline_bench::cpu_seconds() - start;
  faultline_bench::print_result(static_cast<double>(fired), cpu,
                                static_cast<double>(fired) / events);
}

class ThreeTier {
 public:
  ThreeTier(s4u::NetZone& zone, double seconds) : zone_(zone), end_(seconds) {
    client_ = add_host("client");
    balancer_ = add_host("balancer");
    cache_ = add_host("cache");
    database_ = add_host("database");
    for (int i = 0; i < three_tier::apps; ++i) {
      apps_.push_back(add_host("app" + std::to_string(i)));
      app_replies_.push_back(s4u::Mailbox::by_name("replies" + std::to_string(i)));
    }
    connect_all();
    zone.seal();
    start_actors();
  }
  void run(s4u::Engine& engine) {
    const double start = faultline_bench::cpu_seconds();
    engine.run();
    const double cpu = faultline_bench::cpu_seconds() - start;
    const double finished = static_cast<double>(finished_);
    faultline_bench::print_result(finished, cpu, 1e3 * latency_sum_ / finished);
  }

 private:
  struct Request {
    double sent;
    int app = 0;
    bool answered = false;
  };
  struct Place {
    s4u::Host* host;
    s4u::Mailbox* mailbox;
  };

  Place add_host(const std::string& name) {
    hosts_.push_back(zone_.create_host(name, 1.0)->seal());
    return {hosts_.back(), s4u::Mailbox::by_name(name)};
  }
  void connect_all() {
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
      for (std::size_t j = i + 1; j < hosts_.size(); ++j) {
        s4u::Link* link =
            zone_.create_link("link" + std::to_string(i) + "_" + std::to_string(j), 1e12)
                ->set_latency(three_tier::hop)
                ->set_sharing_policy(s4u::Link::SharingPolicy::FATPIPE)
                ->seal();
        zone_.add_route(hosts_[i]->get_netpoint(), hosts_[j]->get_netpoint(), nullptr, nullptr,
                        {s4u::LinkInRoute(link)}, true);
      }
    }
  }
  static void send(s4u::Mailbox* mailbox, Request* request) {
    mailbox->put_init(request, 1)->detach();
  }
  /// `count` workers that take what comes into the mailbox, one request at a time each.
  void serve(s4u::Host* host, s4u::Mailbox* mailbox, int count,
             const std::function<void(Request*)>& work) {
    for (int i = 0; i < count; ++i) {
      s4u::ActorPtr worker = s4u::Actor::create("worker", host, [mailbox, work] {
        for (;;) work(mailbox->get<Request>());
      });
      worker->daemonize();
      if (i == 0) mailbox->set_receiver(worker);
    }
  }

  void start_actors() {
    serve(balancer_.host, balancer_.mailbox, 1, [this](Request* request) { balance(request); });
    for (std::size_t i = 0; i < apps_.size(); ++i) {
      serve(apps_[i].host, apps_[i].mailbox, three_tier::app_cores, [this](Request* request) {
        s4u::this_actor::sleep_for(random_.exponential(three_tier::app_mean));
        send(cache_.mailbox, request);
      });
      serve(apps_[i].host, app_replies_[i], 1, [this](Request* request) {
        request->answered = true;
        send(balancer_.mailbox, request);
      });
    }
    // The cache has no queue: enough workers that none ever forms.
    serve(cache_.host, cache_.mailbox, 16, [this](Request* request) {
      s4u::this_actor::sleep_for(three_tier::cache_time);
      const bool hit = random_.uniform() < three_tier::hit_ratio;
      send(hit ? reply_to(request) : database_.mailbox, request);
    });
    serve(database_.host, database_.mailbox, three_tier::database_connections,
          [this](Request* request) {
            s4u::this_actor::sleep_for(random_.exponential(three_tier::database_mean));
            send(reply_to(request), request);
          });
    serve(client_.host, client_.mailbox, 1, [this](Request* request) {
      latency_sum_ += s4u::Engine::get_clock() - request->sent;
      ++finished_;
      delete request;
    });
    s4u::Actor::create("clients", client_.host, [this] { send_requests(); });
  }
  s4u::Mailbox* reply_to(const Request* request) { return app_replies_[request->app]; }
  void balance(Request* request) {
    if (request->answered) {
      --connections_[request->app];
      return send(client_.mailbox, request);
    }
    int least = 0;
    for (int i = 1; i < three_tier::apps; ++i) {
      if (connections_[i] < connections_[least]) least = i;
    }
    ++connections_[least];
    request->app = least;
    send(apps_[least].mailbox, request);
  }
  void send_requests() {
    for (;;) {
      const double wait = random_.exponential(1 / three_tier::arrivals_per_second);
      if (s4u::Engine::get_clock() + wait >= end_) break;
      s4u::this_actor::sleep_for(wait);
      send(balancer_.mailbox, new Request{s4u::Engine::get_clock()});
    }
    s4u::this_actor::sleep_for(1);  // the workers end with the last other actor: let all arrive
  }

  s4u::NetZone& zone_;
  double end_;
  Random random_{7};
  std::vector<s4u::Host*> hosts_;
  Place client_, balancer_, cache_, database_;
  std::vector<Place> apps_;
  std::vector<s4u::Mailbox*> app_replies_;
  int connections_[three_tier::apps] = {};
  double latency_sum_ = 0;
  std::uint64_t finished_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  s4u::Engine engine(&argc, argv);
  for (const char* setting : {"surf/precision:1e-9", "network/model:CM02", "network/crosstraffic:0",
                              "contexts/stack-size:16", "contexts/guard-size:0"}) {
    s4u::Engine::set_config(setting);
  }
  const std::string workload = argc > 1 ? argv[1] : "";
  s4u::NetZone* zone = s4u::create_full_zone("zone");
  if (workload == "hold" && argc == 4) {
    hold(engine, *zone, std::atol(argv[2]), std::atof(argv[3]));
  } else if (workload == "three_tier" && argc == 3) {
    ThreeTier(*zone, std::atof(argv[2])).run(engine);
  } else {
    std::fprintf(stderr, "usage: simgrid_peer hold N EVENTS | three_tier SECONDS\n");
    return 2;
  }
}
