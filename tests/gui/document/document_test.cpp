#include "gui/document/document.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <nlohmann/json.hpp>
#include <QDir>
#include <QDirIterator>
#include <QElapsedTimer>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <random>
#include <regex>

#include "sim/scenario/spec.hpp"

namespace faultline::gui {
namespace {

using Json = nlohmann::json;

const QString scenarios = QStringLiteral(FAULTLINE_SOURCE_DIR "/scenarios");

QStringList scenarioFiles() {
  QStringList files;
  QDirIterator walk(scenarios, {"*.json"}, QDir::Files, QDirIterator::Subdirectories);
  while (walk.hasNext()) {
    const QString file = walk.next();
    if (!file.contains("/schema/")) files << file;
  }
  files.sort();
  return files;
}

QByteArray contents(const QString& file) {
  QFile input(file);
  EXPECT_TRUE(input.open(QIODevice::ReadOnly)) << file.toStdString();
  return input.readAll();
}

bool waitForProblems(Document& document) {
  QElapsedTimer clock;
  clock.start();
  while (document.problemsPending() && clock.elapsed() < 20'000) {
    QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
  }
  return !document.problemsPending();
}

std::string problemTexts(Document& document) {
  EXPECT_TRUE(waitForProblems(document));
  std::string text;
  for (const LocatedProblem& problem : document.problems()) {
    text += problem.path.toStdString() + ": " + problem.message.toStdString() + "\n";
  }
  return text;
}

const char* const shop = R"json({
  "faultline": 1,
  "title": "Shop", // the title
  "zones": {"a": {}, "b": {}},
  "nodes": {
    // who asks
    "users": {"type": "clients", "arrivals": "poisson(500/s)", "target": "edge"},
    "edge":  {"type": "l7_balancer", "policy": "round_robin", "backends": ["app"], "weights": {"app": 1}},
    "app":   {"type": "app_server", "replicas": 2, "workers": 4, "zone": "a",
              "endpoints": {"default": [
                 "cpu(exponential(4ms))",
                 {"type": "cache_aside", "cache": "cache", "store": "db", "ttl": "60s"}],
                 "plain": ["call(db, app)"]}},
    "cache": {"type": "cache", "capacity": 20000}, // small
    "db":    {"type": "database", "connections": 16, "service_time": "exponential(8ms)"}
  },
  "network": {"links": [{"from": "app", "to": "db", "latency": "1ms"}, {"from": "zone:a", "to": "zone:b", "latency": "2ms"}]},
  "faults": [{"at": "20s", "for": "10s", "fault": "crash(app[0])"},
             {"at": "30s", "for": "1s", "fault": {"type": "partition", "groups": [["app"], ["db", "cache"]]}}],
  "slos": [{"name": "fast", "good": "latency < 50ms", "target": "99%", "node": "app"}],
  "run": {"duration": "60s", "warmup": "5s", "seed": 1},
  "expect": ["groups.app.utilization < 0.9", "nodes.app[0].utilization < 0.9", "requests.fail < 20"],
  "layout": {"users": [0, 100], "edge": [230, 100], "app": [460, 100]}
}
)json";

class Shop : public ::testing::Test {
 protected:
  Shop() { document.createFrom(shop); }
  std::string text() const { return document.text().toStdString(); }
  bool has(const std::string& part) const { return text().find(part) != std::string::npos; }
  void undoAll() {
    while (document.undoStack().canUndo()) document.undoStack().undo();
  }
  Document document;
};

TEST_F(Shop, HasNoProblemsAndADesign) {
  EXPECT_EQ(problemTexts(document), "");
  ASSERT_TRUE(document.spec());
  const DesignModel& design = document.design();
  EXPECT_EQ(design.title, "Shop");
  ASSERT_EQ(design.nodes.size(), 5U);
  EXPECT_EQ(design.nodes[0].name, "users");
  EXPECT_EQ(design.nodes[2].replicas, 2);
  EXPECT_EQ(design.nodes[2].zones, QStringList{"a"});
  EXPECT_EQ(design.nodes[1].position, QPointF(230, 100));
  EXPECT_TRUE(design.nodes[1].placed);
  EXPECT_FALSE(design.nodes[4].placed);
  std::vector<std::string> wires;
  for (const DesignWire& wire : design.wires) {
    EXPECT_FALSE(wire.dangling);
    wires.push_back((wire.from + " " + wire.role + " " + wire.to + " " + wire.path).toStdString());
  }
  EXPECT_EQ(wires, (std::vector<std::string>{"users any edge nodes.users.target",
                                             "edge any app nodes.edge.backends[0]",
                                             "app cache cache nodes.app.endpoints.default[1].cache",
                                             "app store db nodes.app.endpoints.default[1].store",
                                             "app any db nodes.app.endpoints.plain[0].target"}));
}

TEST_F(Shop, CardsWithoutAPlaceStandClearOfTheOthers) {
  const DesignModel& design = document.design();
  for (const DesignNode& a : design.nodes) {
    for (const DesignNode& b : design.nodes) {
      if (a.name == b.name) continue;
      const QPointF away = a.position - b.position;
      EXPECT_TRUE(std::abs(away.x()) > 60 || std::abs(away.y()) > 40)
          << a.name.toStdString() << " " << b.name.toStdString();
    }
  }
}

TEST_F(Shop, SettingAValueTouchesNothingElse) {
  document.setValue("nodes.app.workers", 8, "Set workers");
  QByteArray expected = shop;
  expected.replace("\"workers\": 4", "\"workers\": 8");
  EXPECT_EQ(text(), expected.toStdString());
  EXPECT_TRUE(document.isModified());
  EXPECT_EQ(document.undoStack().undoText(), "Set workers");
  document.undoStack().undo();
  EXPECT_EQ(text(), shop);
  EXPECT_FALSE(document.isModified());
}

TEST_F(Shop, EditsOfOneKeyWithinASecondAreOneStep) {
  document.setValue("nodes.app.workers", 5, "Set workers", "workers");
  document.setValue("nodes.app.workers", 56, "Set workers", "workers");
  document.setValue("nodes.app.workers", 567, "Set workers", "workers");
  EXPECT_EQ(document.undoStack().count(), 1);
  EXPECT_TRUE(has("\"workers\": 567"));
  document.undoStack().undo();
  EXPECT_EQ(text(), shop);
  document.undoStack().redo();
  EXPECT_TRUE(has("\"workers\": 567"));
}

TEST_F(Shop, RenamingFollowsEveryReference) {
  QString error;
  ASSERT_TRUE(document.renameNode("app", "front end", &error)) << error.toStdString();
  EXPECT_TRUE(has("\"front end\":   {\"type\": \"app_server\""));
  EXPECT_TRUE(has("\"backends\": [\"front end\"], \"weights\": {\"front end\": 1}"));
  EXPECT_TRUE(has("crash(front end[0])"));
  EXPECT_TRUE(has("\"groups\": [[\"front end\"], [\"db\", \"cache\"]]"));
  EXPECT_TRUE(has("{\"from\": \"front end\", \"to\": \"db\""));
  EXPECT_TRUE(has("\"node\": \"front end\""));
  EXPECT_TRUE(has("groups.front end.utilization"));
  EXPECT_TRUE(has("nodes.front end[0].utilization"));
  EXPECT_TRUE(has("\"front end\": [460, 100]"));
  // The endpoint of the call has the name of the node and is not a reference.
  EXPECT_TRUE(has("call(db, app)"));
  document.undoStack().undo();
  EXPECT_EQ(text(), shop);
}

TEST_F(Shop, RenamingWithinACallMeetsTheReferenceAlone) {
  QString error;
  ASSERT_TRUE(document.renameNode("db", "app2", &error));
  EXPECT_TRUE(has("call(app2, app)"));
  EXPECT_TRUE(has("\"store\": \"app2\""));
  EXPECT_FALSE(document.renameNode("app2", "edge", &error));
  EXPECT_NE(error, "");
  EXPECT_FALSE(document.renameNode("app2", "a.b", &error));
}

TEST_F(Shop, RenamingAZoneFollowsWhoStandsInItAndWhatNamesIt) {
  document.setText(QByteArray(document.text()).replace("crash(app[0])", "zone_outage(zone:a)"),
                   "x");
  document.setText(
      QByteArray(document.text())
          .replace("\"connections\": 16", "\"zones\": [\"b\", \"a\"], \"connections\": 16"),
      "y");
  const std::string before = text();
  QString error;
  ASSERT_TRUE(document.renameZone("a", "east", &error)) << error.toStdString();
  EXPECT_TRUE(has("\"zones\": {\"east\": {}, \"b\": {}}")) << text();
  EXPECT_TRUE(has("\"zone\": \"east\""));
  EXPECT_TRUE(has("\"b\", \"east\"]"));
  EXPECT_TRUE(has("zone_outage(zone:east)"));
  EXPECT_TRUE(has("{\"from\": \"zone:east\", \"to\": \"zone:b\""));
  EXPECT_FALSE(has("zone:a\""));
  EXPECT_TRUE(has("// who asks"));
  document.undoStack().undo();
  EXPECT_EQ(text(), before);
  // A name that is taken, one that cannot be, a zone that is not there.
  EXPECT_FALSE(document.renameZone("a", "b", &error));
  EXPECT_TRUE(error.contains("\"b\"")) << error.toStdString();
  EXPECT_FALSE(document.renameZone("a", "x:y", &error));
  EXPECT_FALSE(document.renameZone("c", "d", &error));
  EXPECT_EQ(text(), before);
}

/// Every place at which `value` holds `word` as a whole name: in a text, or as a key.
void findWord(const Json& value, const std::string& word, const std::string& path,
              std::vector<std::string>& places) {
  const auto holds = [&word](const std::string& text) {
    const auto isPart = [](char each) {
      return std::isalnum(static_cast<unsigned char>(each)) || each == '_' || each == '-';
    };
    for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
      const std::size_t end = at + word.size();
      if ((at == 0 || !isPart(text[at - 1])) && (end == text.size() || !isPart(text[end]))) {
        return true;
      }
    }
    return false;
  };
  if (value.is_string() && holds(value.get<std::string>())) {
    places.push_back(path + " = " + value.get<std::string>());
  }
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      if (holds(key)) places.push_back(path + "/" + key);
      findWord(member, word, path + "/" + key, places);
    }
  }
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      findWord(value[i], word, path + "/" + std::to_string(i), places);
    }
  }
}

/// Whether what stands there only looks like the name of a group: prose, the name of an endpoint,
/// which is the class of its requests, of an objective, a parameter or a type.
bool isNoName(const std::string& place) {
  static const std::vector<std::regex> others{
      std::regex("/(title|description) = .*|/notes/.*"),
      std::regex(".*/endpoint = .*|.*/endpoints/[^/]*|/expect/\\d+ = requests\\.by_class\\..*"),
      std::regex("/slos/\\d+/name = .*|/expect/\\d+ = slos\\..*"),
      std::regex("/nodes/[^/]*/(endpoints/.*/)?(cache|store|users|replicas|directory|activator)"),
      std::regex(".*/type = .*"),
      std::regex("/nodes/.*/(concurrency|concurrency_limit|placement|pattern|shedding|queue_order|"
                 "rate_limit|sync|collector|compaction) = .*")};
  return std::any_of(others.begin(), others.end(),
                     [&](const std::regex& other) { return std::regex_match(place, other); });
}

TEST(SlowRename, EveryGroupOfEveryScenario) {
  for (const QString& file : scenarioFiles()) {
    Document document;
    QString error;
    ASSERT_TRUE(document.open(file, &error)) << error.toStdString();
    const QByteArray before = document.text();
    const Json root = Json::parse(before.toStdString(), nullptr, true, true);
    for (const auto& [name, node] : root["nodes"].items()) {
      ASSERT_TRUE(document.renameNode(QString::fromStdString(name), "Q 9", &error))
          << error.toStdString();
      const Json renamed = Json::parse(document.text().toStdString(), nullptr, true, true);
      sim::Problems problems;
      const auto spec = sim::read_spec(document.text().toStdString(),
                                       QFileInfo(file).path().toStdString(), {}, problems);
      EXPECT_TRUE(spec.has_value())
          << file.toStdString() << ": " << name << ": "
          << (problems.empty() ? "" : problems.sorted().front().to_text());
      std::vector<std::string> places;
      findWord(renamed, name, "", places);
      for (const std::string& place : places) {
        EXPECT_TRUE(isNoName(place)) << file.toStdString() << ": " << name << ": " << place;
      }
      document.undoStack().undo();
      EXPECT_EQ(document.text(), before) << file.toStdString() << ": " << name;
    }
  }
}

const char* const costs = R"json({
  "faultline": 1,
  "nodes": {
    "users": {"type": "clients", "arrivals": "poisson(10/s)", "target": "app"},
    "app": {"type": "app_server", "replicas": 2},
    "app2": {"type": "app_server"}
  },
  "cost": {
    "node_hour": {"users": 0, "app": 0.04, // a small one
                  "app2": 0.05},
    "million_requests": {"app": 1},
    "stored": {"app": "5 apples"}, "gb_month": {"app": 1},
    "gb_moved": {"zone": 0.01}, "outside": ["app", "users"]
  },
  "expect": ["cost.groups.app.total > 0", "cost.nodes[\"app[1]\"].total > 0", "nodes[\"app[0]\"].received > 1",
             "consistency.availability.app[0], app2.reads.before.ratio > 0",
             "consistency.transactions.app2+app.aborted == 0", "requests.by_class.app.ok >= 0"]
})json";

TEST(Costs, OfAGroupFollowItsNameAlsoWhereAValueIsWrong) {
  Document document;
  document.setText(costs, "x");
  QString error;
  ASSERT_TRUE(document.renameNode("app", "front", &error)) << error.toStdString();
  const std::string text = document.text().toStdString();
  QByteArray expected = costs;
  for (const auto& [from, to] : std::vector<std::pair<QByteArray, QByteArray>>{
           {"\"target\": \"app\"", "\"target\": \"front\""},
           {"\"app\":", "\"front\":"},
           {"[\"app\", \"users\"]", "[\"front\", \"users\"]"},
           {"groups.app.", "groups.front."},
           {"app[1]", "front[1]"},
           {"app[0]", "front[0]"},
           {"+app.", "+front."}}) {
    expected.replace(from, to);
  }
  // A section that cannot be read tells nothing of its lists; the names of its maps are known.
  QByteArray unread = expected;
  unread.replace("[\"front\", \"users\"]", "[\"app\", \"users\"]");
  EXPECT_EQ(text, unread.toStdString());
  document.undoStack().undo();
  EXPECT_EQ(document.text(), costs);
  document.setText(QByteArray(costs).replace("5 apples", "5GB"), "y");
  ASSERT_TRUE(document.renameNode("app", "front", &error)) << error.toStdString();
  EXPECT_EQ(document.text().toStdString(), expected.replace("5 apples", "5GB").toStdString());
}

TEST(Costs, OfAGroupGoWithIt) {
  Document document;
  document.setText(QByteArray(costs).replace("5 apples", "5GB"), "x");
  document.removeNodes({"app"});
  const Json left = Json::parse(document.text().toStdString(), nullptr, true, true);
  EXPECT_EQ(left["cost"]["node_hour"], Json({{"users", 0}, {"app2", 0.05}}));
  EXPECT_EQ(left["cost"]["stored"], Json::object());
  EXPECT_EQ(left["cost"]["outside"], Json::array({"users"}));
  EXPECT_EQ(left["expect"], Json::array({"requests.by_class.app.ok >= 0"}));
  EXPECT_EQ(problemTexts(document),
            "nodes.app2.endpoints: required parameter is missing\n"
            "nodes.users.target: there is no node \"app\"\n");
}

TEST_F(Shop, RemovingANodeTakesWhatNamesIt) {
  document.removeNodes({"db"});
  EXPECT_FALSE(has("\"db\":    {"));
  EXPECT_FALSE(has("call(db"));
  EXPECT_FALSE(has("\"to\": \"db\""));
  EXPECT_FALSE(has("partition"));
  EXPECT_TRUE(has("crash(app[0])"));
  EXPECT_TRUE(has("// who asks"));
  // What the step cannot be without is a clear problem.
  EXPECT_NE(problemTexts(document).find("there is no node \"db\""), std::string::npos)
      << problemTexts(document);
  document.undoStack().undo();
  EXPECT_EQ(text(), shop);
}

TEST_F(Shop, RemovingTheAppLeavesTheBalancerWithAProblem) {
  document.removeNodes({"app", "cache"});
  EXPECT_NE(problemTexts(document).find("nodes.edge.backends"), std::string::npos)
      << problemTexts(document);
  EXPECT_FALSE(has("crash"));
  EXPECT_FALSE(has("groups.app"));
  EXPECT_TRUE(has("requests.fail < 20"));
}

TEST_F(Shop, DuplicatesKeepTheirWires) {
  const QStringList made = document.duplicateNodes({"app", "cache"}, QPointF(40, 40));
  EXPECT_EQ(made, (QStringList{"app2", "cache2"}));
  EXPECT_EQ(problemTexts(document), "");
  bool inside = false;
  bool outside = false;
  for (const DesignWire& wire : document.design().wires) {
    inside = inside || (wire.from == "app2" && wire.to == "cache2");
    outside = outside || (wire.from == "app2" && wire.to == "db");
  }
  EXPECT_TRUE(inside);
  EXPECT_TRUE(outside);
}

TEST_F(Shop, NodesGoToAnotherWindow) {
  const QByteArray copied = document.copyNodes({"app", "db", "cache"});
  Document other;
  QString error;
  const QStringList made = other.pasteNodes(copied, QPointF(100, 50), &error);
  EXPECT_EQ(made, (QStringList{"app", "cache", "db"})) << error.toStdString();
  EXPECT_EQ(other.design().wires.size(), 3U);
  EXPECT_EQ(other.design().zones.size(), 1U);
  EXPECT_EQ(problemTexts(other), "");
  EXPECT_TRUE(other.pasteNodes("{\"x\": 1}", {}, &error).isEmpty());
  EXPECT_NE(error, "");
  // Once more: new names, wires among the new ones.
  EXPECT_EQ(other.pasteNodes(copied, QPointF(100, 50), &error),
            (QStringList{"app2", "cache2", "db2"}));
  EXPECT_EQ(other.design().wires.size(), 6U);
  for (const DesignWire& wire : other.design().wires) {
    EXPECT_EQ(wire.from.endsWith('2'), wire.to.endsWith('2'));
  }
}

TEST_F(Shop, ZonesNotesAndFaults) {
  document.setZone({"db", "app"}, "b");
  EXPECT_TRUE(has("\"workers\": 4, \"zone\": \"b\""));
  EXPECT_TRUE(has("\"service_time\": \"exponential(8ms)\", \"zone\": \"b\"}"));
  document.setZone({"db"}, {});
  EXPECT_TRUE(has("\"service_time\": \"exponential(8ms)\"}"));
  document.addZone("c", "eu");
  EXPECT_TRUE(has("\"zones\": {\"a\": {}, \"b\": {}, \"c\": {\"region\": \"eu\"}}"));
  document.addFault("slow(db, factor=2)", 5.5, 2);
  EXPECT_TRUE(has("{\"at\": \"5.5s\", \"for\": \"2s\", \"fault\": \"slow(db, factor=2)\"}"));
  EXPECT_EQ(problemTexts(document), "");
  document.setNotes({{"Look here", QRectF(10, 20, 150, 40)}}, "Add note");
  ASSERT_EQ(document.design().notes.size(), 1U);
  EXPECT_EQ(document.design().notes[0], (DesignNote{"Look here", QRectF(10, 20, 150, 40)}));
  document.setNotes({}, "Delete note");
  EXPECT_TRUE(document.design().notes.empty());
  undoAll();
  EXPECT_EQ(text(), shop);
}

TEST_F(Shop, WiresAreTakenAndMade) {
  std::vector<DesignWire> wires = document.design().wires;
  document.disconnect(wires[0]);
  EXPECT_TRUE(has("\"arrivals\": \"poisson(500/s)\"}"));
  QString error;
  EXPECT_TRUE(document.connectNodes("users", "edge", {}, &error)) << error.toStdString();
  EXPECT_TRUE(has("\"target\": \"edge\"}"));
  EXPECT_FALSE(document.connectNodes("users", "users", {}, &error));
  EXPECT_NE(error, "");
  document.disconnect(wires[4]);
  EXPECT_TRUE(has("\"plain\": []")) << text();
  EXPECT_TRUE(document.connectNodes("edge", "db", "backends", &error)) << error.toStdString();
  EXPECT_TRUE(has("\"backends\": [\"app\", \"db\"]"));
  EXPECT_TRUE(document.connectNodes("app", "edge", {}, &error)) << error.toStdString();
  EXPECT_TRUE(has("\"call(edge)\"")) << text();
  undoAll();
  EXPECT_EQ(text(), shop);
}

TEST(Document, AShopIsDrawnFromNothing) {
  Document document;
  const QString users = document.addNode("clients", QPointF(0, 0));
  const QString edge = document.addNode("l7_balancer", QPointF(200, 0));
  const QString app = document.addNode("app_server", QPointF(400, 0));
  const QString cache = document.addNode("cache", QPointF(600, -100));
  const QString db = document.addNode("database", QPointF(600, 100), "eu");
  EXPECT_EQ(users, "clients1");
  EXPECT_EQ(db, "database1");
  // Only what is not connected yet is missing.
  EXPECT_EQ(problemTexts(document),
            "nodes.clients1.target: required parameter is missing\n"
            "nodes.database1.zone: there is no zone \"eu\"\n"
            "nodes.l7_balancer1.backends: required parameter is missing\n");
  document.addZone("eu");
  QString error;
  EXPECT_TRUE(document.connectNodes(users, edge, {}, &error)) << error.toStdString();
  EXPECT_TRUE(document.connectNodes(edge, app, {}, &error)) << error.toStdString();
  EXPECT_TRUE(document.connectNodes(app, db, {}, &error)) << error.toStdString();
  EXPECT_TRUE(document.connectNodes(app, cache, {}, &error)) << error.toStdString();
  EXPECT_EQ(problemTexts(document), "") << document.text().toStdString();
  EXPECT_NE(document.text().indexOf("cache_aside(cache1, database1)"), -1)
      << document.text().toStdString();
  EXPECT_TRUE(document.spec());
  while (document.undoStack().canUndo()) document.undoStack().undo();
  EXPECT_FALSE(document.isModified());
}

TEST(Document, EveryTypeCanBeAddedAndWired) {
  for (const char* type :
       {"app_server", "cache", "clients", "database", "dns", "dns_resolver", "gossip_member",
        "l4_balancer", "l7_balancer", "shard_directory", "shard_router"}) {
    Document document;
    const QString name = document.addNode(type, QPointF());
    for (const LocatedProblem& problem : (problemTexts(document), document.problems())) {
      EXPECT_TRUE(problem.message.contains("required parameter is missing") ||
                  problem.message.startsWith("give `shards`") ||
                  problem.message.contains("expected"))
          << type << " " << problem.path.toStdString() << ": " << problem.message.toStdString();
    }
    EXPECT_TRUE(document.design().find(name)) << type;
  }
  EXPECT_EQ(wireProblem("clients", "app_server"), "");
  EXPECT_EQ(wireProblem("app_server", "cache"), "");
  EXPECT_EQ(wireProblem("app_server", "database"), "");
  EXPECT_EQ(wireProblem("dns_resolver", "dns"), "");
  EXPECT_EQ(wireProblem("l7_balancer", "shard_router"), "");
  EXPECT_NE(wireProblem("app_server", "clients"), "");
  EXPECT_EQ(wireProblem("cache", "database"), "");  // It may load what it misses.
  EXPECT_NE(wireProblem("dns_resolver", "database"), "");
  EXPECT_NE(wireProblem("clients", "no_such_type"), "");
  EXPECT_EQ(wireProblem("app_server", "cache", "endpoints:cache_aside.cache"), "");
  EXPECT_NE(wireProblem("app_server", "database", "endpoints:cache_aside.cache"), "");
  EXPECT_EQ(wireProblem("app_server", "database", "endpoints:local_transaction.store"), "");
}

TEST(Document, AWireIsThereThoughItsStepIsNotWholeYet) {
  Document document;
  document.createNew();
  const QString app = document.addNode("app_server", {});
  const QString cache = document.addNode("cache", QPointF(200, 0));
  const auto wired = [&](const QString& to) {
    const auto& wires = document.design().wires;
    return std::count_if(wires.begin(), wires.end(),
                         [&](const DesignWire& wire) { return wire.from == app && wire.to == to; });
  };
  // What looks into a cache needs a store as well: until there is one, that is a problem, and the
  // wire to the cache is drawn all the same.
  ASSERT_TRUE(document.connectNodes(app, cache, {}, nullptr));
  EXPECT_EQ(wired(cache), 1) << document.text().toStdString();
  EXPECT_NE(problemTexts(document).find(".store"), std::string::npos) << problemTexts(document);
  const QByteArray once = document.text();
  document.disconnect(document.design().wires.back());
  EXPECT_EQ(wired(cache), 0) << document.text().toStdString();
  document.undoStack().undo();
  EXPECT_EQ(document.text(), once);
  const QString database = document.addNode("database", QPointF(200, 90));
  ASSERT_TRUE(document.connectNodes(app, database, {}, nullptr));
  EXPECT_EQ(wired(cache), 1);
  EXPECT_EQ(wired(database), 1);
  EXPECT_EQ(problemTexts(document).find(".store"), std::string::npos) << problemTexts(document);
}

TEST(Document, BrokenTextIsKeptAndTheLastDesignShown) {
  Document document;
  document.createFrom(shop);
  const DesignModel good = document.design();
  QSignalSpy refused(&document, &Document::editRefused);
  document.replaceText(0, 1, "", "Typing");
  EXPECT_FALSE(document.isJson());
  EXPECT_EQ(document.design(), good);
  const QByteArray broken = document.text();
  document.setValue("nodes.app.workers", 8, "Set");
  document.addNode("cache", {});
  document.removeNodes({"app"});
  document.moveNodes({{"app", QPointF(1, 2)}});
  EXPECT_EQ(document.text(), broken);
  EXPECT_EQ(refused.count(), 4);
  EXPECT_NE(problemTexts(document).find("not JSON"), std::string::npos);
  EXPECT_EQ(document.problems()[0].line, 2);
  document.replaceText(0, 0, "{", "Typing");
  EXPECT_TRUE(document.isJson());
  EXPECT_EQ(problemTexts(document), "");
}

TEST(Document, ProblemsHaveLinesAndNodes) {
  Document document;
  QByteArray text = shop;
  text.replace("\"capacity\": 20000", "\"capcity\": 20000");
  text.replace("\"target\": \"99%\"", "\"target\": \"199%\"");
  document.createFrom(text);
  ASSERT_TRUE(waitForProblems(document));
  ASSERT_EQ(document.problems().size(), 3U);
  EXPECT_EQ(document.problems()[0].path, "nodes.cache.capacity");
  EXPECT_EQ(document.problems()[0].node, "cache");
  EXPECT_EQ(document.problems()[1].path, "nodes.cache.capcity");
  EXPECT_EQ(document.problems()[1].hint, "did you mean \"capacity\"?");
  EXPECT_EQ(document.problems()[1].line, 14);
  EXPECT_EQ(document.problems()[1].column, 32);
  EXPECT_EQ(document.problems()[2].path, "slos[0].target");
  EXPECT_FALSE(document.spec());
}

TEST(Document, HostileFilesNeverCrash) {
  QByteArray deep = "{\"nodes\": ";
  for (int i = 0; i < 50'000; ++i) deep += "{\"a\": [";
  QByteArray nested =
      "{\"faultline\": 1, \"nodes\": {\"a\": {\"type\": \"app_server\", \"endpoints\": "
      "{\"default\": [";
  for (int i = 0; i < 40; ++i) nested += "{\"type\": \"sequence\", \"steps\": [";
  for (int i = 0; i < 40; ++i) nested += "]}";
  nested += "]}}}}";
  QByteArray wide = "{\"faultline\": 1, \"nodes\": {";
  for (int i = 0; i < 3000; ++i)
    wide += "\"" + QByteArray::number(i) + "\": " + QByteArray::number(i) + ",";
  wide += "\"x\": []}}";
  const std::vector<QByteArray> files{
      "",
      "null",
      "[]",
      "1",
      "\"x\"",
      "{\"nodes\": []}",
      "{\"nodes\": {\"a\": null}}",
      deep,
      nested,
      wide,
      "{\"faultline\": 1, \"nodes\": {\"a\": {\"type\": 5}, \"b\": {\"type\": \"x\"}, \"c\": 7}}",
      "{\"nodes\": {\"a\": {\"type\": \"cache\"}, \"a\": {\"type\": \"cache\"}}}",
      "{\"nodes\": {\"\xff\xfe\": {}}}",
      QByteArray("\x00\x01\x02", 3),
      QByteArray(1 << 20, '['),
      "{\"layout\": {\"a\": [1e999, 2]}, \"nodes\": {\"a\": {\"type\": \"cache\"}}}",
      "{\"layout\": {\"a\": [1e300, 2]}, \"notes\": [1, {\"text\": 5, \"at\": 3}], \"zones\": 4, "
      "\"nodes\": {\"a\": {\"type\": \"cache\", \"replicas\": 1e300, \"zones\": [1]}}}"};
  for (const QByteArray& file : files) {
    Document document;
    document.createFrom(file);
    EXPECT_EQ(document.text(), file);
    document.addNode("cache", QPointF(1, 1));
    document.setValue("nodes.a.b[3].c", 5, "Set");
    document.removeNodes({"a", "x"});
    document.renameMember("nodes.a", "q", "Rename");
    document.renameNode("a", "b", nullptr);
    document.setZone({"a", "b"}, "z");
    document.setNotes({{"n", QRectF(0, 0, 1, 1)}}, "Notes");
    document.addFault("crash(a)", 1, 1);
    document.pasteNodes(document.copyNodes({"a"}), {}, nullptr);
    document.connectNodes("a", "b", {}, nullptr);
    EXPECT_TRUE(waitForProblems(document));
    EXPECT_FALSE(document.problems().empty());
    while (document.undoStack().canUndo()) document.undoStack().undo();
    EXPECT_EQ(document.text(), file);
  }
}

TEST(Document, UnchangedFilesAreSavedByteForByteAndOnlyWhenChanged) {
  QTemporaryDir folder;
  for (const QString& file : scenarioFiles()) {
    const QByteArray bytes = contents(file);
    Document document;
    QString error;
    ASSERT_TRUE(document.open(file, &error)) << error.toStdString();
    const QString copy = folder.filePath("copy.json");
    ASSERT_TRUE(document.saveAs(copy, &error)) << error.toStdString();
    EXPECT_EQ(contents(copy), bytes) << file.toStdString();
    ASSERT_TRUE(document.open(copy, &error));
    const QDateTime before = QFileInfo(copy).lastModified();
    ASSERT_TRUE(document.save(&error));
    EXPECT_EQ(QFileInfo(copy).lastModified(), before);
    // A change taken back, and a change saved, read and taken back.
    document.setValue("run.seed", 987654, "Seed");
    EXPECT_TRUE(document.isModified());
    document.undoStack().undo();
    EXPECT_FALSE(document.isModified()) << file.toStdString();
    EXPECT_EQ(document.text(), bytes);
    ASSERT_TRUE(document.save(&error));
    EXPECT_EQ(contents(copy), bytes);
  }
}

class OnDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    path = folder.filePath("shop.json");
    write(shop);
    QString error;
    ASSERT_TRUE(document.open(path, &error)) << error.toStdString();
  }
  void write(const QByteArray& bytes) {
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(bytes);
  }
  QTemporaryDir folder;
  QString path;
  Document document;
};

TEST_F(OnDisk, WhatAnotherProgramWritesIsNoticed) {
  QSignalSpy told(&document, &Document::diskChanged);
  EXPECT_FALSE(document.isChangedOnDisk());
  write(QByteArray(shop).replace("Shop", "Bazaar"));
  EXPECT_TRUE(told.wait(5000));  // By the system, without being asked.
  EXPECT_TRUE(document.isChangedOnDisk());
  EXPECT_EQ(document.text(), shop);
  // Written back as it was, it has not changed.
  write(shop);
  EXPECT_TRUE(told.wait(5000));
  EXPECT_FALSE(document.isChangedOnDisk());
}

TEST_F(OnDisk, AFileThatIsReplacedIsNoticedAgainAndAgain) {
  // As editors save: another file takes its name.
  QSignalSpy told(&document, &Document::diskChanged);
  for (const char* title : {"One", "Two"}) {
    const QString other = folder.filePath("other");
    QFile file(other);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(QByteArray(shop).replace("Shop", title));
    file.close();
    QFile::remove(path);
    ASSERT_TRUE(QFile::rename(other, path));
    EXPECT_TRUE(told.wait(5000)) << title;
    EXPECT_TRUE(document.isChangedOnDisk());
    document.reload();
    EXPECT_EQ(document.design().title, title);
    EXPECT_FALSE(document.isModified());
  }
}

TEST_F(OnDisk, ReloadingIsAnEditThatCanBeUndone) {
  document.setValue("run.seed", 7, "seed");
  const QByteArray mine = document.text();
  const QByteArray theirs = QByteArray(shop).replace("Shop", "Bazaar");
  write(theirs);
  ASSERT_TRUE(document.isChangedOnDisk());
  document.reload();
  EXPECT_EQ(document.text(), theirs);
  EXPECT_FALSE(document.isModified());
  EXPECT_FALSE(document.isChangedOnDisk());
  document.undoStack().undo();
  EXPECT_EQ(document.text(), mine);
  EXPECT_TRUE(document.isModified());
}

TEST_F(OnDisk, KeepingMineIsAskedForOnce) {
  write(QByteArray(shop).replace("Shop", "Bazaar"));
  ASSERT_TRUE(document.isChangedOnDisk());
  document.keepMine();
  EXPECT_FALSE(document.isChangedOnDisk());
  EXPECT_TRUE(document.isModified());  // The file holds something else.
  QString error;
  ASSERT_TRUE(document.save(&error));
  EXPECT_EQ(contents(path), shop);
  EXPECT_FALSE(document.isChangedOnDisk());
}

TEST_F(OnDisk, WhatIsSavedHereIsNoChangeAndAFileThatIsGoneNeither) {
  document.setValue("run.seed", 7, "seed");
  QString error;
  ASSERT_TRUE(document.save(&error));
  EXPECT_FALSE(document.isChangedOnDisk());
  QFile::remove(path);
  EXPECT_FALSE(document.isChangedOnDisk());
  // A new document has nothing to do with the file that was open.
  document.createNew();
  write("{}");
  EXPECT_FALSE(document.isChangedOnDisk());
}

TEST(Document, AFileThatCannotBeReadOrWrittenSaysSo) {
  Document document;
  QString error;
  EXPECT_FALSE(document.open("/no/such/file.json", &error));
  EXPECT_NE(error, "");
  EXPECT_FALSE(document.open("/", &error));
  const QByteArray text = document.text();
  EXPECT_FALSE(document.saveAs("/no/such/folder/x.json", &error));
  EXPECT_NE(error, "");
  EXPECT_EQ(document.text(), text);
  EXPECT_EQ(document.fileName(), "");
  EXPECT_FALSE(document.save(&error));
}

/// Two hundred edits of all kinds, by a seed that is printed when it fails.
void playEdits(const QByteArray& start, unsigned seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 chance(seed);
  const auto pick = [&](std::size_t count) {
    return count == 0 ? 0 : std::uniform_int_distribution<std::size_t>(0, count - 1)(chance);
  };
  Document document;
  document.createFrom(start);
  const QByteArray before = document.text();
  const auto anyNode = [&] {
    const auto& nodes = document.design().nodes;
    return nodes.empty() ? QString("none") : nodes[pick(nodes.size())].name;
  };
  std::vector<QByteArray> states;
  for (int i = 0; i < 200; ++i) {
    switch (pick(15)) {
      case 0: {
        const char* types[] = {"clients", "app_server", "cache", "database", "l7_balancer", "dns"};
        document.addNode(types[pick(6)], QPointF(static_cast<double>(pick(900)), 40),
                         pick(3) ? "" : "z");
        break;
      }
      case 1:
        document.removeNodes({anyNode(), anyNode()});
        break;
      case 2:
        document.moveNodes(
            {{anyNode(), QPointF(1, static_cast<double>(pick(500)))}, {anyNode(), QPointF(3, 4)}});
        break;
      case 3:
        document.renameNode(anyNode(), QString("n%1").arg(pick(1000)), nullptr);
        break;
      case 4:
        document.connectNodes(anyNode(), anyNode(), {}, nullptr);
        break;
      case 5:
        if (!document.design().wires.empty()) {
          document.disconnect(document.design().wires[pick(document.design().wires.size())]);
        }
        break;
      case 6:
        document.duplicateNodes({anyNode(), anyNode()}, QPointF(30, 30));
        break;
      case 7:
        document.setValue("nodes." + anyNode() + ".workers", static_cast<int>(pick(100)), "Set",
                          "w");
        break;
      case 8:
        document.setZone({anyNode()}, pick(3) ? "zone one" : "");
        break;
      case 9:
        document.setNotes({{QString("note %1").arg(i), QRectF(1, 2, 100, 50)}}, "Note");
        break;
      case 10:
        document.addFault("crash(" + anyNode() + ")", static_cast<double>(pick(60)), 1);
        break;
      case 11:
        document.removeValue("nodes." + anyNode() + ".type", "Remove");
        break;
      case 12:
        document.setValue("run", Json{{"duration", "10s"}, {"seed", pick(50)}}, "Run");
        break;
      case 13:
        document.beginMacro("Two");
        document.setValue("title", "Title " + std::to_string(i), "Title");
        document.removeValue("faults[0]", "Remove");
        document.endMacro();
        break;
      case 14: {
        // Typing, and mending it.
        const qsizetype at =
            static_cast<qsizetype>(pick(static_cast<std::size_t>(document.text().size())));
        document.replaceText(at, at, "x", "Typing");
        if (pick(4)) document.undoStack().undo();
        break;
      }
    }
    if (!document.isJson() && pick(3)) document.undoStack().undo();
    if (document.isJson()) {
      // What was derived in parts is what reading the whole gives.
      const Json whole = Json::parse(document.text().toStdString(), nullptr, false, true);
      ASSERT_EQ(document.json(), whole) << i;
      Document fresh;
      fresh.createFrom(document.text());
      ASSERT_EQ(fresh.design().wires, document.design().wires) << i;
      ASSERT_EQ(fresh.design().nodes.size(), document.design().nodes.size());
      ASSERT_EQ(fresh.design().zones, document.design().zones);
      ASSERT_EQ(fresh.design().notes, document.design().notes);
    }
  }
  // What was undone last is not done again.
  const QByteArray after = document.text();
  const int done = document.undoStack().index();
  while (document.undoStack().canUndo()) document.undoStack().undo();
  EXPECT_EQ(document.text(), before);
  EXPECT_FALSE(document.isModified());
  while (document.undoStack().index() < done) document.undoStack().redo();
  EXPECT_EQ(document.text(), after);
}

TEST(DocumentUndo, TwoHundredRandomEditsAndBack) {
  for (unsigned seed = 1; seed <= 4; ++seed) playEdits(shop, seed);
  const QStringList files = scenarioFiles();
  for (unsigned seed = 10; seed < 14; ++seed) {
    const QString& file =
        files[static_cast<int>(seed * 7919U % static_cast<unsigned>(files.size()))];
    SCOPED_TRACE(file.toStdString());
    playEdits(contents(file), seed);
  }
}

TEST(SlowDocumentUndo, RandomEditsOnEveryScenario) {
  unsigned seed = 1000;
  for (const QString& file : scenarioFiles()) {
    SCOPED_TRACE(file.toStdString());
    playEdits(contents(file), ++seed);
  }
}

/// Milliseconds of this thread's own work: others may be busy too.
class CpuClock {
 public:
  qint64 restart() {
    const qint64 before = start_;
    start_ = now();
    return start_ - before;
  }

 private:
  static qint64 now() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1'000'000;
  }
  qint64 start_ = now();
};

TEST(Document, TenThousandNodes) {
  QByteArray text = "{\n  \"faultline\": 1,\n  \"nodes\": {\n";
  for (int i = 0; i < 5000; ++i) {
    text += "    \"app" + QByteArray::number(i) +
            "\": {\"type\": \"app_server\", \"workers\": 4, \"endpoints\": {\"default\": "
            "[\"cpu(exponential(4ms))\", \"call(db" +
            QByteArray::number(i) + ")\"]}},\n";
    text += "    \"db" + QByteArray::number(i) +
            "\": {\"type\": \"database\", \"connections\": 16, \"service_time\": "
            "\"exponential(8ms)\"},\n";
  }
  text +=
      "    \"users\": {\"type\": \"clients\", \"arrivals\": \"poisson(500/s)\", \"target\": "
      "\"app0\"}\n  },\n  \"layout\": {";
  for (int i = 0; i < 5000; ++i) {
    text += QByteArray(i ? ", " : "") + "\"app" + QByteArray::number(i) + "\": [" +
            QByteArray::number(i % 70 * 200) + ", " + QByteArray::number(i / 70 * 100) + "]";
  }
  text += "}\n}\n";
  Document document;
  CpuClock clock;
  document.createFrom(text);
  const qint64 opened = clock.restart();
  EXPECT_EQ(document.design().nodes.size(), 10'001U);
  EXPECT_TRUE(waitForProblems(document));
  const qint64 problems = clock.restart();
  EXPECT_TRUE(document.problems().empty());
  document.setValue("nodes.app777.workers", 5, "Set");
  const qint64 set = clock.restart();
  document.moveNodes({{"app1", QPointF(7, 7)}});
  const qint64 moved = clock.restart();
  document.addNode("cache", QPointF(1, 1));
  const qint64 added = clock.restart();
  document.renameNode("db9", "store9", nullptr);
  const qint64 renamed = clock.restart();
  QStringList many;
  for (int i = 0; i < 1000; ++i) many << QString("app%1").arg(i);
  document.removeNodes(many);
  const qint64 removed = clock.restart();
  document.undoStack().undo();
  const qint64 undone = clock.restart();
  std::printf(
      "10,001 nodes, %lld bytes: open %lld ms, problems %lld ms, set %lld ms, move %lld ms, add "
      "%lld ms, rename "
      "%lld ms, remove 1000 %lld ms, undo %lld ms\n",
      static_cast<long long>(text.size()), static_cast<long long>(opened),
      static_cast<long long>(problems), static_cast<long long>(set), static_cast<long long>(moved),
      static_cast<long long>(added), static_cast<long long>(renamed),
      static_cast<long long>(removed), static_cast<long long>(undone));
  while (document.undoStack().canUndo()) document.undoStack().undo();
  EXPECT_EQ(document.text(), text);
}

}  // namespace
}  // namespace faultline::gui
