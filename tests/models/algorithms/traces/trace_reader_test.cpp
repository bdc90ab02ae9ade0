#include "models/algorithms/traces/trace_reader.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "models/algorithms/random_source.hpp"

namespace faultline::models {
namespace {

std::string gzipped(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<unsigned char*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string record(std::uint64_t key, std::uint32_t size) {
  std::string bytes(24, '\0');
  for (unsigned byte = 0; byte < 8; ++byte) bytes[4 + byte] = static_cast<char>(key >> (8 * byte));
  for (unsigned byte = 0; byte < 4; ++byte)
    bytes[12 + byte] = static_cast<char>(size >> (8 * byte));
  return bytes;
}

class TraceReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    const testing::TestInfo* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) /
              (std::string("faultline_trace_") + info->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& content) {
    const auto path = folder_ / name;
    std::ofstream(path, std::ios::binary) << content;
    return path.string();
  }
  /// Reads a file of this name and content; what is wrong is in `wrong_`, without the folder.
  std::vector<TraceRequest> read(const std::string& name, const std::string& content,
                                 TraceFormat format = TraceFormat::detect,
                                 std::size_t count = 1000) {
    return read_file(write(name, content), format, count);
  }
  std::vector<TraceRequest> read_file(const std::string& file,
                                      TraceFormat format = TraceFormat::detect,
                                      std::size_t count = 1000) {
    sim::Problems problems;
    std::vector<TraceRequest> all;
    const auto reader = TraceReader::open(file, format, problems);
    if (reader) {
      format_ = reader->format();
      has_sizes_ = reader->has_sizes();
      std::vector<TraceRequest> some;
      while (reader->read(count, some, problems) && !some.empty())
        all.insert(all.end(), some.begin(), some.end());
    }
    wrong_.clear();
    for (const sim::Problem& problem : problems.sorted()) {
      std::string text = problem.to_text();
      const std::string prefix = folder_.string() + "/";
      if (text.starts_with(prefix)) text = text.substr(prefix.size());
      wrong_ += text;
    }
    return all;
  }
  static std::vector<CacheKey> keys(const std::vector<TraceRequest>& requests) {
    std::vector<CacheKey> keys;
    for (const TraceRequest& request : requests) keys.push_back(request.key);
    return keys;
  }
  using Keys = std::vector<CacheKey>;

  std::filesystem::path folder_;
  std::string wrong_;
  TraceFormat format_ = TraceFormat::detect;
  bool has_sizes_ = false;
};

TEST_F(TraceReaderTest, ReadsKeys) {
  EXPECT_EQ(keys(read("t.txt", "5\n17\n5\n")), (Keys{5, 17, 5}));
  EXPECT_EQ(format_, TraceFormat::keys);
  EXPECT_FALSE(has_sizes_);
  EXPECT_EQ(wrong_, "");
}

TEST_F(TraceReaderTest, PassesOverBlankLinesAndLineEnds) {
  EXPECT_EQ(keys(read("t.txt", "\n 5 \r\n\r\n17\n\t\n5")), (Keys{5, 17, 5}));
}

TEST_F(TraceReaderTest, KeysMayBeTexts) {
  const auto read_keys =
      keys(read("t.txt",
                "/index.html\n/a b\n/index.html\n007\n7\n-7\n18446744073709551615\n"
                "18446744073709551616\n"));
  ASSERT_EQ(read_keys.size(), 8u);
  EXPECT_EQ(read_keys[0], read_keys[2]);
  EXPECT_NE(read_keys[0], read_keys[1]);
  EXPECT_NE(read_keys[3], read_keys[4]) << "007 and 7 are different texts";
  EXPECT_EQ(read_keys[4], 7u);
  EXPECT_NE(read_keys[5], 7u);
  EXPECT_EQ(read_keys[6], ~CacheKey{0});
  EXPECT_NE(read_keys[7], 0u) << "a number of more than 64 bits is a text";
}

TEST_F(TraceReaderTest, SkipsAByteOrderMark) {
  EXPECT_EQ(keys(read("t.txt",
                      "\xef\xbb\xbf"
                      "5\n")),
            (Keys{5}));
}

TEST_F(TraceReaderTest, ReadsGzipWhateverTheName) {
  EXPECT_EQ(keys(read("t.txt.gz", gzipped("5\n17\n"))), (Keys{5, 17}));
  EXPECT_EQ(keys(read("t.txt", gzipped("5\n17\n"))), (Keys{5, 17}));
  EXPECT_EQ(keys(read("plain.gz", "5\n17\n")), (Keys{5, 17}));
}

TEST_F(TraceReaderTest, ReadsGzipInSeveralMembersAndPadding) {
  EXPECT_EQ(keys(read("t.gz", gzipped("5\n1") + gzipped("7\n") + std::string(100, '\0'))),
            (Keys{5, 17}));
  EXPECT_EQ(wrong_, "");
}

TEST_F(TraceReaderTest, CutGzipIsAProblem) {
  std::string text;
  for (int line = 0; line < 20000; ++line) text += std::to_string(line * 7919) + "\n";
  const std::string packed = gzipped(text);
  read("t.gz", packed.substr(0, packed.size() / 2));
  EXPECT_EQ(wrong_, "t.gz: the gzip data ends too early: the file is cut");
  read("t.gz", packed.substr(0, packed.size() - 1));
  EXPECT_EQ(wrong_, "t.gz: the gzip data ends too early: the file is cut");
  read("t.gz", packed.substr(0, 5));
  EXPECT_EQ(wrong_, "t.gz: the gzip data ends too early: the file is cut");
}

TEST_F(TraceReaderTest, DamagedGzipIsAProblem) {
  std::string text;
  for (int line = 0; line < 20000; ++line) text += std::to_string(line * 7919) + "\n";
  std::string packed = gzipped(text);
  for (std::size_t at = packed.size() / 2; at < packed.size() / 2 + 20; ++at)
    packed[at] = static_cast<char>(~packed[at]);
  read("t.gz", packed);
  EXPECT_TRUE(wrong_.starts_with("t.gz: bad gzip data before byte ")) << wrong_;
  packed = gzipped("5\n17\n");
  packed[packed.size() - 6] = static_cast<char>(packed[packed.size() - 6] + 1);  // The checksum.
  read("t.gz", packed);
  EXPECT_TRUE(wrong_.starts_with("t.gz: bad gzip data before byte ")) << wrong_;
}

TEST_F(TraceReaderTest, GarbageBehindGzipIsAProblem) {
  const std::string packed = gzipped("5\n");
  read("t.gz", packed + "hello");
  EXPECT_EQ(wrong_, "t.gz: something that is not gzip data follows it at byte " +
                        std::to_string(packed.size()));
}

TEST_F(TraceReaderTest, OtherCompressionIsNamed) {
  read("t.zst", "\x28\xb5\x2f\xfd....");
  EXPECT_EQ(wrong_, "t.zst: expected plain or gzipped data, got zstd data; unpack it first");
}

TEST_F(TraceReaderTest, NoFileNoTrace) {
  read_file((folder_ / "nowhere.txt").string());
  EXPECT_EQ(wrong_, "nowhere.txt: cannot open it: No such file or directory");
  std::filesystem::create_directory(folder_ / "folder");
  read_file((folder_ / "folder").string());
  EXPECT_EQ(wrong_, "folder: expected a file, got a directory");
  read("empty.txt", "");
  EXPECT_EQ(wrong_, "empty.txt: the trace is empty");
  read("empty.gz", gzipped(""));
  EXPECT_EQ(wrong_, "empty.gz: the trace is empty");
}

TEST_F(TraceReaderTest, LinesAreBounded) {
  const std::string long_key(TraceReader::line_max, 'x');
  EXPECT_EQ(read("t.txt", "5\n" + long_key + "\n6\n").size(), 3u);
  EXPECT_EQ(wrong_, "");
  read("t.txt", "5\n" + long_key + "x\n6\n");
  EXPECT_EQ(
      wrong_,
      "t.txt:2: expected lines of at most 65536 bytes, got a longer one; is this a text file?");
  // Megabytes without a line end must not be held.
  read("t.gz", gzipped(std::string(50'000'000, 'x')));
  EXPECT_EQ(
      wrong_,
      "t.gz:1: expected lines of at most 65536 bytes, got a longer one; is this a text file?");
}

/// Lines of all lengths, so that they cross the ends of the blocks in which the file is read; any
/// number at a time.
TEST_F(TraceReaderTest, LinesMayCrossBlocks) {
  SplitMixSource random(1);
  std::string text;
  Keys wanted;
  while (text.size() < 2'000'000) {
    const std::string line(1 + random.below(1 + random.below(60000)),
                           static_cast<char>('a' + random.below(26)));
    wanted.push_back(trace_key(line));
    text += line + "\n";
  }
  for (const std::size_t count : {1u, 7u, 100000u}) {
    EXPECT_EQ(keys(read("t.txt", text, TraceFormat::detect, count)), wanted);
    EXPECT_EQ(keys(read("t.gz", gzipped(text), TraceFormat::detect, count)), wanted);
  }
}

TEST_F(TraceReaderTest, ReadsCsv) {
  const auto requests = read("t.csv", "0,5,100\n1,x,0\n2, 5 ,100");
  EXPECT_EQ(keys(requests), (Keys{5, trace_key("x"), 5}));
  EXPECT_EQ(requests[0].size, 100);
  EXPECT_EQ(requests[1].size, 0);
  EXPECT_TRUE(has_sizes_);
  EXPECT_EQ(wrong_, "");
}

TEST_F(TraceReaderTest, CsvIsKnownByItsCommas) {
  read("trace", "0,5,100\n");
  EXPECT_EQ(format_, TraceFormat::csv);
  EXPECT_EQ(read("trace", "a,b\n", TraceFormat::keys).size(), 1u);
}

TEST_F(TraceReaderTest, ACsvHeaderNamesTheColumns) {
  const auto requests = read("t.csv", "Size,op,KEY\n100,get,5\n20,put,6\n");
  EXPECT_EQ(keys(requests), (Keys{5, 6}));
  EXPECT_EQ(requests[1].size, 20);
  EXPECT_EQ(keys(read("t.csv", "time,key\n1,5\n")), (Keys{5}));
  EXPECT_FALSE(has_sizes_);
  EXPECT_EQ(keys(read("t.csv", "time,key,size\n1,5,7\n")), (Keys{5}));
  EXPECT_TRUE(has_sizes_);
}

TEST_F(TraceReaderTest, CsvFieldsMayBeQuoted) {
  const auto requests = read("t.csv", "0,\"a,b\",10\n1,\"say \"\"hi\"\"\",20\n");
  EXPECT_EQ(keys(requests), (Keys{trace_key("a,b"), trace_key("say \"hi\"")}));
  EXPECT_EQ(requests[1].size, 20);
}

TEST_F(TraceReaderTest, BadCsvIsAProblemWithItsLine) {
  EXPECT_EQ(read("t.csv", "0,5,100\n1,5,abc\n", TraceFormat::detect, 1).size(), 1u);
  EXPECT_EQ(wrong_,
            "t.csv:2: expected a size in bytes, a whole number from 0 to 2^40, got \"abc\"");
  read("t.csv", "0,5,100\n1,5,-1\n");
  EXPECT_EQ(wrong_, "t.csv:2: expected a size in bytes, a whole number from 0 to 2^40, got \"-1\"");
  read("t.csv", "0,5,100\n1,5,99999999999999999999\n");
  EXPECT_EQ(wrong_,
            "t.csv:2: expected a size in bytes, a whole number from 0 to 2^40, got "
            "\"99999999999999999999\"");
  read("t.csv", "\n0,5,100\n1,5\n");
  EXPECT_EQ(wrong_, "t.csv:3: expected at least 3 fields, got 2");
  read("t.csv", "0,\"5,100\n");
  EXPECT_EQ(wrong_, "t.csv:1: expected a closing quote");
  read("t.csv", "0,5\n");
  EXPECT_EQ(wrong_,
            "t.csv:1: expected time,key,size, got 2 fields; name the columns in a header line, or "
            "read whole lines as "
            "keys with --format keys");
  read("t.csv", "when,what,how\n");
  EXPECT_EQ(
      wrong_,
      "t.csv:1: expected time,key,size or a header that names a column key, got \"when,what,how\"");
}

TEST_F(TraceReaderTest, ReadsBinaryRecords) {
  const std::string records =
      record(5, 512) + record(0xfedcba9876543210u, 0xffffffffu) + record(5, 512);
  for (const std::string& content : {records, gzipped(records)}) {
    const auto requests = read("t.oracleGeneral.bin", content);
    EXPECT_EQ(keys(requests), (Keys{5, 0xfedcba9876543210u, 5}));
    ASSERT_EQ(requests.size(), 3u);
    EXPECT_EQ(requests[1].size, 4294967295);
    EXPECT_EQ(format_, TraceFormat::binary);
    EXPECT_TRUE(has_sizes_);
  }
}

TEST_F(TraceReaderTest, BinaryIsKnownByNameOrContent) {
  for (const std::string name : {"t.bin", "t.oracleGeneral", "t.BIN.gz", "anything"}) {
    EXPECT_EQ(read(name, record(5, 1)).size(), 1u) << name;
    EXPECT_EQ(format_, TraceFormat::binary) << name;
  }
}

TEST_F(TraceReaderTest, ACutRecordIsAProblem) {
  read("t.bin", record(5, 1) + record(6, 1).substr(0, 11));
  EXPECT_EQ(wrong_,
            "t.bin: expected records of 24 bytes, got 11 bytes after record 1; the file is cut, or "
            "not of this form");
}

/// Whatever the bytes, reading ends with requests or with a problem.
TEST_F(TraceReaderTest, AnyBytesAreReadOrRefused) {
  SplitMixSource random(3);
  using namespace std::string_literals;
  const std::string letters = "0123456789,,\"\n\n\r a\0\x1f\x8b"s;
  for (int round = 0; round < 600; ++round) {
    std::string content;
    const std::uint64_t size = random.below(300);
    while (content.size() < size) content += letters[random.below(letters.size())];
    if (random.below(3) == 0) content = gzipped(content);
    if (random.below(3) == 0 && !content.empty()) {
      content[random.below(content.size())] = static_cast<char>(random.next());
    }
    for (const TraceFormat format :
         {TraceFormat::detect, TraceFormat::keys, TraceFormat::csv, TraceFormat::binary}) {
      const auto requests = read("any", content, format, 1 + random.below(5));
      ASSERT_LE(requests.size(), 300u);
    }
  }
}

TEST_F(TraceReaderTest, FormatsHaveNames) {
  for (const TraceFormat format :
       {TraceFormat::detect, TraceFormat::keys, TraceFormat::csv, TraceFormat::binary}) {
    TraceFormat back = TraceFormat::detect;
    EXPECT_TRUE(parse_trace_format(to_text(format), back));
    EXPECT_EQ(back, format);
  }
  TraceFormat unchanged = TraceFormat::csv;
  EXPECT_FALSE(parse_trace_format("xml", unchanged));
  EXPECT_EQ(unchanged, TraceFormat::csv);
}

}  // namespace
}  // namespace faultline::models
