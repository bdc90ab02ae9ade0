#include "gui/report/report_pdf.hpp"

#include <algorithm>
#include <memory>
#include <QPagedPaintDevice>
#include <QPainter>

#include "gui/charts/chart_panel.hpp"
#include "gui/report/report_blocks.hpp"

namespace faultline::gui {

using namespace page;

namespace {

constexpr double unit = 96;  ///< Units an inch, as on the page.
constexpr double footer_height = 22;

/// A card that may be torn is kept whole up to this height.
constexpr double whole_height = 420;

/// How much of what begins with `blocks[from]` must stand together: headings go with what they are
/// of.
double leastOf(const Blocks& blocks, std::size_t from, double width) {
  double sum = 0;
  for (std::size_t i = from; i < blocks.size(); ++i) {
    if (!blocks[i]->keepWithNext) return sum + blocks[i]->least(width);
    sum += blocks[i]->height(width);
  }
  return sum;
}

/// What stands below each other in a frame.
class CardBlock final : public Block {
 public:
  /// `flows`: may be torn between and inside of its parts; then it has no frame.
  CardBlock(Blocks parts, bool flows) : parts_(std::move(parts)), flows_(flows) {}
  bool flows() const { return flows_; }
  double least(double width) override {
    const double tall = height(width);
    return flows_ && tall > whole_height ? leastOf(parts_, 0, width) : tall;
  }
  double height(double width) override {
    double sum = 2 * card_padding;
    for (const auto& part : parts_) sum += part->height(width - 2 * card_padding);
    return sum + gap;
  }
  void paint(QPainter& painter, const QRectF& rect) override {
    const QRectF frame = rect.adjusted(0, 0, 0, -gap);
    painter.setPen(QPen(line, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(frame, 4, 4);
    const double width = rect.width() - 2 * card_padding;
    double y = rect.top() + card_padding;
    for (const auto& part : parts_) {
      const double tall = part->height(width);
      part->paint(painter, QRectF(rect.left() + card_padding, y, width, tall));
      y += tall;
    }
  }
  /// Its parts by themselves, of one that is taller than a page.
  Blocks take() { return std::move(parts_); }

 private:
  Blocks parts_;
  bool flows_;
};

/// Two cards beside each other.
class PairBlock final : public Block {
 public:
  PairBlock(std::unique_ptr<CardBlock> left, std::unique_ptr<CardBlock> right)
      : left_(std::move(left)), right_(std::move(right)) {}
  double height(double width) override {
    const double half = (width - gap) / 2;
    return std::max(left_->height(half), right_ ? right_->height(half) : 0);
  }
  void paint(QPainter& painter, const QRectF& rect) override {
    const double half = (rect.width() - gap) / 2;
    left_->paint(painter, QRectF(rect.left(), rect.top(), half, rect.height()));
    if (right_) {
      right_->paint(painter, QRectF(rect.left() + half + gap, rect.top(), half, rect.height()));
    }
  }
  std::unique_ptr<CardBlock> takeLeft() { return std::move(left_); }
  std::unique_ptr<CardBlock> takeRight() { return std::move(right_); }

 private:
  std::unique_ptr<CardBlock> left_;
  std::unique_ptr<CardBlock> right_;
};

class Composer {
 public:
  Blocks blocks(const PageElement& body) {
    visit(body, blocks_);
    return std::move(blocks_);
  }

 private:
  static std::unique_ptr<Block> text(const QString& words, const QFont& font, const QColor& color,
                                     double below = 4, bool keep = false) {
    auto block = textBlock(words, font, color, below);
    block->keepWithNext = keep;
    return block;
  }

  void visit(const PageElement& element, Blocks& out) {
    for (const PageElement& child : element.children) one(child, out);
  }

  void one(const PageElement& element, Blocks& out) {
    const QString& tag = element.tag;
    if (tag.isEmpty() || tag == "footer" || tag == "script" || tag == "style") return;
    if (tag == "h1") {
      out.push_back(text(element.allText(), fontOf(24, true), ink, 3, true));
    } else if (tag == "h2") {
      out.push_back(text(" ", fontOf(7), ink, 0, true));
      out.push_back(text(element.allText(), fontOf(17, true), ink, 5, true));
    } else if (tag == "h3") {
      out.push_back(text(element.allText(), fontOf(13, true), ink, 1, true));
    } else if (tag == "p") {
      const bool is_bad = element.hasClass("bad");
      out.push_back(text(element.allText(), fontOf(11.5), is_bad ? bad : soft, 4,
                         element.hasClass("window")));
    } else if (tag == "summary") {
      out.push_back(text(element.allText(), fontOf(13, true), ink, 3, true));
    } else if (tag == "ul") {
      out.push_back(element.hasClass("pills") ? pillsBlock(element) : listBlock(element));
    } else if (tag == "dl" && element.hasClass("tiles")) {
      out.push_back(tilesBlock(element));
    } else if (tag == "dl") {
      out.push_back(factsBlock(element));
    } else if (tag == "table") {
      out.push_back(tableBlock(element));
    } else if (tag == "pre") {
      out.push_back(codeBlock(element.allText()));
    } else if (tag == "svg") {
      if (element.attributes.contains("viewBox")) out.push_back(svgBlock(element));
    } else if (element.hasClass("legend")) {
      out.push_back(legendBlock(element));
    } else if (element.hasClass("charts")) {
      charts(element, out);
    } else if (tag == "figure" || element.hasClass("card")) {
      out.push_back(card(element));
    } else {
      visit(element, out);
    }
  }

  std::unique_ptr<CardBlock> card(const PageElement& element) {
    Blocks parts;
    visit(element, parts);
    // What a table says is introduced by all that stands above it.
    bool aboveTable = false;
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
      if ((*part)->mayBeTorn())
        aboveTable = true;
      else if (aboveTable)
        (*part)->keepWithNext = true;
    }
    return std::make_unique<CardBlock>(std::move(parts), element.hasClass("flow"));
  }

  /// Two columns, as on the page; what is wide takes both.
  void charts(const PageElement& element, Blocks& out) {
    std::unique_ptr<CardBlock> waiting;
    const auto flush = [&] {
      if (waiting) out.push_back(std::make_unique<PairBlock>(std::move(waiting), nullptr));
      waiting = nullptr;
    };
    for (const PageElement& child : element.children) {
      if (child.tag != "figure" && !child.hasClass("card")) continue;
      if (child.hasClass("wide")) {
        flush();
        out.push_back(card(child));
      } else if (waiting) {
        out.push_back(std::make_unique<PairBlock>(std::move(waiting), card(child)));
        waiting = nullptr;
      } else {
        waiting = card(child);
      }
    }
    flush();
  }

  Blocks blocks_;
};

/// Puts blocks on pages.
class Pager {
 public:
  Pager(QPagedPaintDevice& device, ChartCanvas& canvas, int resolution, QString footer)
      : device_(device), canvas_(canvas), footer_(std::move(footer)) {
    scale_ = resolution / unit;
    canvas_.painter().scale(scale_, scale_);
    page_ = QRectF(0, 0, device.pageLayout().paintRectPixels(resolution).width() / scale_,
                   device.pageLayout().paintRectPixels(resolution).height() / scale_);
    bottom_ = page_.height() - footer_height;
  }

  void place(Blocks blocks) {
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      const double together = leastOf(blocks, i, page_.width());
      if (y_ > 0 && y_ + together > bottom_ && together < bottom_) newPage();
      one(std::move(blocks[i]));
    }
  }
  /// Begins a page unless so much room is left.
  void reserve(double height) {
    if (y_ > 0 && y_ + height > bottom_) newPage();
  }
  void picture(const ExtraFigure& figure) {
    const double tall = std::min(figure.height, bottom_);
    if (y_ > 0 && y_ + tall > bottom_) newPage();
    figure.paint(canvas_, QRectF(0, y_, page_.width(), tall));
    y_ += tall + gap;
  }
  void finish() { drawFooter(); }
  int pages() const { return number_; }

 private:
  void one(std::unique_ptr<Block> block) {
    QPainter& painter = canvas_.painter();
    const double tall = block->height(page_.width());
    if (auto* card = dynamic_cast<CardBlock*>(block.get());
        card != nullptr && card->flows() && y_ + tall > bottom_ && tall > whole_height) {
      place(card->take());
      y_ += gap;
      return;
    }
    if (!block->mayBeTorn() && tall > bottom_) {
      // Taller than a page: what is in it stands by itself.
      if (auto* pair = dynamic_cast<PairBlock*>(block.get())) {
        Blocks parts;
        parts.push_back(pair->takeLeft());
        if (auto right = pair->takeRight()) parts.push_back(std::move(right));
        place(std::move(parts));
        return;
      }
      if (auto* card = dynamic_cast<CardBlock*>(block.get())) {
        place(card->take());
        y_ += gap;
        return;
      }
    }
    if (!block->mayBeTorn()) {
      if (y_ > 0 && y_ + tall > bottom_) newPage();
      painter.save();
      block->paint(painter, QRectF(0, y_, page_.width(), tall));
      painter.restore();
      y_ += tall;
      return;
    }
    while (true) {
      if (y_ > 0 && y_ + std::min(block->least(page_.width()), bottom_) > bottom_) newPage();
      painter.save();
      y_ += block->paintPart(painter, QRectF(0, y_, page_.width(), bottom_ - y_));
      painter.restore();
      if (block->isDone()) break;
      newPage();
    }
    y_ += 6;
  }
  void newPage() {
    drawFooter();
    device_.newPage();
    ++number_;
    y_ = 0;
  }
  void drawFooter() {
    QPainter& painter = canvas_.painter();
    painter.setFont(fontOf(10));
    painter.setPen(soft);
    const QRectF foot(0, bottom_ + 4, page_.width(), footer_height - 4);
    painter.drawText(foot, Qt::AlignLeft | Qt::AlignBottom,
                     painter.fontMetrics().elidedText(footer_, Qt::ElideRight,
                                                      static_cast<int>(page_.width() - 60)));
    painter.drawText(foot, Qt::AlignRight | Qt::AlignBottom, QString::number(number_));
  }

  QPagedPaintDevice& device_;
  ChartCanvas& canvas_;
  QString footer_;
  double scale_ = 1;
  QRectF page_;
  double bottom_ = 0;
  double y_ = 0;
  int number_ = 1;
};

}  // namespace

int paintReport(const PageElement& body, const std::vector<ExtraFigure>& extra,
                const QString& extraTitle, QPagedPaintDevice& device, int resolution) {
  ChartCanvas canvas(&device);
  QStringList foot;
  if (const PageElement* title = body.child("h1")) foot << title->allText();
  if (const PageElement* made = body.child("footer")) foot << made->allText();
  Pager pager(device, canvas, resolution, foot.join(" · "));
  pager.place(Composer().blocks(body));
  if (!extra.empty()) {
    Blocks heading;
    heading.push_back(textBlock(extraTitle, fontOf(17, true), ink, 8));
    pager.reserve(40 + extra.front().height);
    pager.place(std::move(heading));
    for (const ExtraFigure& figure : extra) pager.picture(figure);
  }
  pager.finish();
  return pager.pages();
}

}  // namespace faultline::gui
