#include "gui/charts/chart_panel.hpp"

#include <cmath>
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QJsonArray>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QPdfWriter>
#include <QSaveFile>
#include <QStackedWidget>
#include <QSvgGenerator>
#include <QVBoxLayout>

#include "gui/charts/chart_legend.hpp"
#include "gui/charts/chart_plot.hpp"
#include "gui/charts/flow_layout.hpp"
#include "gui/shell/format.hpp"
#include "gui/shell/paper.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {
namespace {

constexpr int resolution = 96;  ///< Dots an inch of pictures: what a unit of paint() is.

QLabel* mutedLabel(QWidget* parent) {
  auto* label = new QLabel(parent);
  label->setWordWrap(true);
  label->setTextInteractionFlags(Qt::NoTextInteraction);
  label->setMinimumWidth(40);
  return label;
}

void tint(QLabel* label, const QColor& color, const QFont& font) {
  QPalette palette = label->palette();
  palette.setColor(QPalette::WindowText, color);
  label->setPalette(palette);
  label->setFont(font);
}

}  // namespace

ChartPanel::ChartPanel(TimeCursor* cursor, QWidget* parent) : QWidget(parent), cursor_(cursor) {
  setFocusPolicy(Qt::StrongFocus);
  setAutoFillBackground(true);
  if (cursor_ != nullptr) csv_name_ = QStringLiteral("seconds");

  title_label_ = new QLabel(this);
  title_label_->setMinimumWidth(20);
  covers_label_ = mutedLabel(this);
  note_label_ = mutedLabel(this);
  note_label_->hide();
  legend_ = new ChartLegend(this);
  plot_ = new ChartPlot(*this, cursor_);
  empty_label_ = new QLabel(this);
  empty_label_->setAlignment(Qt::AlignCenter);
  empty_label_->setWordWrap(true);
  empty_label_->setMargin(16);
  stack_ = new QStackedWidget(this);
  stack_->addWidget(empty_label_);
  stack_->addWidget(plot_);

  head_ = new FlowLayout(10);
  head_->addWidget(title_label_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(10, 8, 10, 6);
  layout->setSpacing(3);
  auto* head = new QWidget(this);
  head->setLayout(head_);
  QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
  policy.setHeightForWidth(true);
  head->setSizePolicy(policy);
  layout->addWidget(head);
  layout->addWidget(covers_label_);
  layout->addWidget(legend_);
  layout->addWidget(stack_, 1);
  layout->addWidget(note_label_);

  connect(legend_, &ChartLegend::toggled, this,
          [this](const QString& id, bool shown) { setSeriesHidden(id, !shown); });
  connect(&Theme::instance(), &Theme::changed, this, [this] {
    applyTheme();
    plot_->rebuild();
  });
  applyTheme();
  setSeries({});
}

ChartPanel::~ChartPanel() = default;

void ChartPanel::applyTheme() {
  const Theme& theme = Theme::instance();
  QPalette palette = this->palette();
  palette.setColor(QPalette::Window, theme.surface());
  setPalette(palette);
  tint(title_label_, theme.text(), theme.boldFont());
  tint(covers_label_, theme.mutedText(), theme.smallFont());
  tint(note_label_, theme.mutedText(), theme.smallFont());
  tint(empty_label_, theme.mutedText(), theme.font());
  plot_->applyTheme();
  legend_->update();
}

void ChartPanel::setTitle(const QString& title) {
  title_ = title;
  title_label_->setText(title);
  title_label_->setToolTip(
      tr("Drag to zoom in, Shift+drag to move, double-click for all, click for the moment; the "
         "menu key or right button exports."));
  updateAccessibility();
}

void ChartPanel::setCovers(const QString& covers) {
  if (covers == covers_) return;
  covers_ = covers;
  covers_label_->setText(covers);
  covers_label_->setVisible(!covers.isEmpty());
  updateAccessibility();
}

void ChartPanel::setEmptyText(const QString& text) {
  empty_label_->setText(text);
  updateAccessibility();
}

void ChartPanel::setNote(const QString& note) {
  note_label_->setText(note);
  note_label_->setVisible(!note.isEmpty());
}

bool ChartPanel::isEmpty() const {
  return std::none_of(series_.begin(), series_.end(),
                      [](const ChartSeries& each) { return each.hasNumbers(); });
}

void ChartPanel::setQuantities(Quantity x, Quantity y) { plot_->setQuantities(x, y); }

void ChartPanel::setAxisNames(const QString& x, const QString& y) { plot_->setAxisNames(x, y); }

void ChartPanel::setSeries(std::vector<ChartSeries> series) {
  series_ = std::move(series);
  redraw();
}

void ChartPanel::redraw() {
  const bool empty = isEmpty();
  stack_->setCurrentWidget(empty ? static_cast<QWidget*>(empty_label_) : plot_);
  legend_->setVisible(!empty);
  covers_label_->setVisible(!covers_.isEmpty() && !empty);
  legend_->setEntries(series_, hidden_);
  plot_->rebuild();
}

void ChartPanel::setMarks(std::vector<ChartMark> marks) { plot_->setMarks(std::move(marks)); }

void ChartPanel::setBands(std::vector<sim::Band> bands) { bands_ = std::move(bands); }

void ChartPanel::setWarmup(double seconds) { plot_->setWarmup(seconds); }

void ChartPanel::setEnd(double seconds) { plot_->setEnd(seconds); }

void ChartPanel::setValueRange(double low, double high) { plot_->setValueRange(low, high); }

bool ChartPanel::isSeriesHidden(const QString& id) const { return hidden_.contains(id); }

void ChartPanel::setSeriesHidden(const QString& id, bool hidden) {
  if (hidden == hidden_.contains(id)) return;
  if (hidden) {
    hidden_ << id;
  } else {
    hidden_.removeAll(id);
  }
  legend_->setEntries(series_, hidden_);
  plot_->rebuild();
}

void ChartPanel::setLogX(bool on) {
  if (on == log_x_) return;
  log_x_ = on;
  plot_->setLog(log_x_, log_y_);
  plot_->rebuild();
  Q_EMIT logChanged();
}

void ChartPanel::setLogY(bool on) {
  if (on == log_y_) return;
  log_y_ = on;
  plot_->setLog(log_x_, log_y_);
  plot_->rebuild();
  Q_EMIT logChanged();
}

void ChartPanel::setLogChoices(bool x, bool y) {
  offer_log_x_ = x;
  offer_log_y_ = y;
}

QJsonObject ChartPanel::view() const {
  QJsonObject view;
  view["hidden"] = QJsonArray::fromStringList(hidden_);
  if (log_x_) view["logX"] = true;
  if (log_y_) view["logY"] = true;
  const auto keep = [&](const char* name, QCPAxis* axis) {
    if (const auto zoom = plot_->zoom(axis)) {
      view[QLatin1String(name)] = QJsonArray{zoom->lower, zoom->upper};
    }
  };
  keep("values", plot_->yAxis);
  if (cursor_ == nullptr) keep("across", plot_->xAxis);
  return view;
}

void ChartPanel::setView(const QJsonObject& view) {
  if (!usually_hidden_) usually_hidden_ = hidden_;
  QStringList hidden;
  for (const QJsonValue& id : view["hidden"].toArray()) hidden << id.toString();
  if (!view.contains("hidden")) hidden = *usually_hidden_;
  const QStringList before = hidden_;
  for (const QString& id : before) {
    if (!hidden.contains(id)) setSeriesHidden(id, false);
  }
  for (const QString& id : hidden) setSeriesHidden(id, true);
  // The kind of an axis first: it decides what can be zoomed to.
  setLogX(view["logX"].toBool());
  setLogY(view["logY"].toBool());
  const auto find = [&](const char* name, QCPAxis* axis) {
    const QJsonArray range = view[QLatin1String(name)].toArray();
    plot_->setZoom(axis, range.size() == 2
                             ? std::optional(QCPRange(range[0].toDouble(), range[1].toDouble()))
                             : std::nullopt);
  };
  find("values", plot_->yAxis);
  if (cursor_ == nullptr) find("across", plot_->xAxis);
}

double ChartPanel::valuesFrom() const { return plot_->yAxis->range().lower; }
double ChartPanel::valuesTo() const { return plot_->yAxis->range().upper; }

void ChartPanel::zoomValues(double low, double high) {
  plot_->setZoom(plot_->yAxis, low < high ? std::optional(QCPRange(low, high)) : std::nullopt);
}

QStringList ChartPanel::valuesAt(double x) const {
  QStringList lines;
  for (const ChartSeries& each : series_) {
    if (hidden_.contains(each.id)) continue;
    const int index = indexAt(each, x);
    if (index < 0) continue;
    const double y = each.y[static_cast<std::size_t>(index)];
    lines << tr("%1: %2", "name of a series and its value")
                 .arg(each.name, formatQuantity(plot_->yQuantity(), y));
  }
  if (lines.isEmpty()) return lines;
  lines.prepend(plot_->xQuantity() == Quantity::time ? formatClock(x)
                                                     : formatQuantity(plot_->xQuantity(), x));
  for (const sim::Band& band : bands_) {
    if (cursor_ != nullptr && x >= band.from_seconds && x <= band.to_seconds && lines.size() < 12) {
      lines << QString::fromStdString(band.name);
    }
  }
  return lines;
}

double ChartPanel::visibleFrom() const { return plot_->xAxis->range().lower; }
double ChartPanel::visibleTo() const { return plot_->xAxis->range().upper; }
double ChartPanel::pixelOf(double x) const { return plot_->xAxis->coordToPixel(x); }
QWidget* ChartPanel::plotWidget() const { return plot_; }

void ChartPanel::clicked(double x) {
  if (cursor_ != nullptr) cursor_->setPosition(x);
}

void ChartPanel::showAll() { plot_->showAll(); }

QByteArray ChartPanel::csv() const {
  std::vector<ChartSeries> visible;
  for (const ChartSeries& each : series_) {
    if (!hidden_.contains(each.id)) visible.push_back(each);
  }
  return toCsv(visible, csv_name_);
}

class ChartCanvas::Private {
 public:
  explicit Private(QPaintDevice* device) : painter(device) {}
  QCPPainter painter;
};

ChartCanvas::ChartCanvas(QPaintDevice* device) : d_(std::make_unique<Private>(device)) {
  d_->painter.setRenderHint(QPainter::Antialiasing);
  d_->painter.setRenderHint(QPainter::TextAntialiasing);
}

ChartCanvas::~ChartCanvas() = default;

QPainter& ChartCanvas::painter() { return d_->painter; }

void ChartPanel::paint(ChartCanvas& canvas, const QRectF& rect) {
  QCPPainter& painter = canvas.d_->painter;
  const Theme& theme = Theme::instance();
  painter.save();
  painter.fillRect(rect, theme.surface());
  double y = rect.top() + 4;
  const double left = rect.left() + 8;
  const double width = rect.width() - 16;
  painter.setPen(theme.text());
  painter.setFont(theme.boldFont());
  QRectF used;
  painter.drawText(QRectF(left, y, width, 60), Qt::AlignLeft | Qt::TextWordWrap, title_, &used);
  y = used.bottom() + 2;
  painter.setFont(theme.smallFont());
  if (!covers_.isEmpty()) {
    painter.setPen(theme.mutedText());
    painter.drawText(QRectF(left, y, width, 80), Qt::AlignLeft | Qt::TextWordWrap, covers_, &used);
    y = used.bottom() + 3;
  }
  if (isEmpty()) {
    painter.setPen(theme.mutedText());
    painter.drawText(QRectF(left, y, width, rect.bottom() - y), Qt::AlignCenter | Qt::TextWordWrap,
                     empty_label_->text());
    painter.restore();
    return;
  }
  const QFontMetricsF metrics(painter.font(), painter.device());
  double x = left;
  for (const ChartSeries& each : series_) {
    if (hidden_.contains(each.id)) continue;
    const double needed = 26 + metrics.horizontalAdvance(each.name);
    if (x > left && x + needed > left + width) {
      x = left;
      y += metrics.height() + 2;
    }
    painter.setPen(QPen(colorOf(each.tone), 2.2, each.dashed ? Qt::DotLine : Qt::SolidLine));
    painter.drawLine(QPointF(x, y + metrics.height() / 2),
                     QPointF(x + 14, y + metrics.height() / 2));
    painter.setPen(theme.text());
    painter.drawText(QPointF(x + 18, y + metrics.ascent()), each.name);
    x += needed;
  }
  y += metrics.height() + 4;
  painter.translate(rect.left(), y);
  painter.setMode(QCPPainter::pmVectorized, true);
  // The plot keeps pens and brushes: on paper they are others.
  const bool paper = PaperColours::active();
  if (paper) {
    plot_->applyTheme();
    plot_->rebuild();
  }
  plot_->forExport = true;
  plot_->toPainter(&painter, static_cast<int>(rect.width()), static_cast<int>(rect.bottom() - y));
  plot_->forExport = false;
  painter.restore();
  if (paper) screen_stale_ = true;
}

void ChartPanel::backToScreen() {
  if (!screen_stale_) return;
  screen_stale_ = false;
  applyTheme();
  plot_->rebuild();
}

bool ChartPanel::exportTo(const QString& fileName, QString* error) {
  const QString suffix = QFileInfo(fileName).suffix().toLower();
  QSaveFile file(fileName);
  const auto fail = [&](const QString& why) {
    file.cancelWriting();
    if (error != nullptr) *error = why;
    return false;
  };
  if (suffix != "png" && suffix != "svg" && suffix != "pdf" && suffix != "csv") {
    return fail(tr("The name must end in .png, .svg, .pdf or .csv: %1").arg(fileName));
  }
  if (!file.open(QIODevice::WriteOnly)) {
    return fail(tr("Cannot write %1: %2").arg(fileName, file.errorString()));
  }
  const QSize size(std::max(width(), 480), std::max(height(), 300));
  if (suffix == "csv") {
    file.write(csv());
  } else if (suffix == "png") {
    constexpr int scale = 2;  // Sharp on paper and on fine screens.
    QImage image(size * scale, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(scale);
    image.fill(Theme::instance().surface());
    {
      ChartCanvas canvas(&image);
      paint(canvas, QRectF(QPointF(0, 0), size));
    }
    if (!image.save(&file, "PNG")) {
      return fail(tr("Cannot write %1: %2").arg(fileName, file.errorString()));
    }
  } else if (suffix == "svg") {
    QSvgGenerator generator;
    generator.setOutputDevice(&file);
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(0, 0), size));
    generator.setResolution(resolution);
    generator.setTitle(title_);
    generator.setDescription(covers_);
    ChartCanvas canvas(&generator);
    paint(canvas, QRectF(QPointF(0, 0), size));
  } else {
    QPdfWriter writer(&file);
    writer.setResolution(resolution);
    writer.setTitle(title_);
    writer.setCreator(QStringLiteral("Faultline"));
    writer.setPageMargins(QMarginsF(0, 0, 0, 0));
    writer.setPageSize(QPageSize(QSizeF(size) * 72.0 / resolution, QPageSize::Point));
    ChartCanvas canvas(&writer);
    paint(canvas, QRectF(QPointF(0, 0), size));
  }
  if (!file.commit()) return fail(tr("Cannot write %1: %2").arg(fileName, file.errorString()));
  return true;
}

void ChartPanel::exportDialog() {
  QString filter;
  QString name = QFileDialog::getSaveFileName(
      this, tr("Export chart"), title_ + ".png",
      tr("Picture (*.png);;Vector picture (*.svg);;PDF (*.pdf);;Numbers (*.csv)"), &filter);
  if (name.isEmpty()) return;
  if (QFileInfo(name).suffix().isEmpty()) {
    name += filter.section("*", 1).section(")", 0, 0);
  }
  QString error;
  if (!exportTo(name, &error)) QMessageBox::warning(this, tr("Export chart"), error);
}

void ChartPanel::copyPicture() {
  constexpr int scale = 2;
  QImage image(size() * scale, QImage::Format_ARGB32_Premultiplied);
  image.setDevicePixelRatio(scale);
  image.fill(Theme::instance().surface());
  {
    ChartCanvas canvas(&image);
    paint(canvas, QRectF(rect()));
  }
  auto* data = new QMimeData;
  data->setImageData(image);
  data->setText(QString::fromUtf8(csv()));
  QGuiApplication::clipboard()->setMimeData(data);
}

void ChartPanel::showMenu(const QPoint& globalPosition) {
  QMenu menu(this);
  QAction* all = menu.addAction(tr("Show all"), this, &ChartPanel::showAll);
  all->setShortcut(Qt::Key_Home);
  if (cursor_ != nullptr) {
    QAction* live = menu.addAction(tr("Back to the newest moment"), cursor_, &TimeCursor::goLive);
    live->setEnabled(!cursor_->isLive());
    live->setShortcut(Qt::Key_Escape);
  }
  menu.addSeparator();
  if (offer_log_x_) {
    QAction* log = menu.addAction(tr("Logarithmic horizontal axis"));
    log->setCheckable(true);
    log->setChecked(log_x_);
    connect(log, &QAction::toggled, this, &ChartPanel::setLogX);
  }
  if (offer_log_y_) {
    QAction* log = menu.addAction(tr("Logarithmic vertical axis"));
    log->setCheckable(true);
    log->setChecked(log_y_);
    connect(log, &QAction::toggled, this, &ChartPanel::setLogY);
  }
  QMenu* shown = menu.addMenu(tr("Series"));
  for (const ChartSeries& each : series_) {
    QAction* action = shown->addAction(each.name);
    action->setCheckable(true);
    action->setChecked(!hidden_.contains(each.id));
    connect(action, &QAction::toggled, this,
            [this, id = each.id](bool on) { setSeriesHidden(id, !on); });
  }
  menu.addSeparator();
  QAction* copy = menu.addAction(tr("Copy"), this, &ChartPanel::copyPicture);
  copy->setShortcut(QKeySequence::Copy);
  QAction* save = menu.addAction(tr("Export…"), this, &ChartPanel::exportDialog);
  const bool empty = isEmpty();
  shown->setEnabled(!empty);
  copy->setEnabled(!empty);
  save->setEnabled(!empty);
  menu.exec(globalPosition);
}

void ChartPanel::contextMenuEvent(QContextMenuEvent* event) {
  showMenu(event->reason() == QContextMenuEvent::Keyboard ? mapToGlobal(rect().center())
                                                          : event->globalPos());
}

void ChartPanel::keyPressEvent(QKeyEvent* event) {
  const QCPRange range = plot_->xAxis->range();
  const double middle = cursor_ != nullptr && !cursor_->isLive() ? cursor_->position()
                        : plot_->xAxis->scaleType() == QCPAxis::stLogarithmic
                            ? std::sqrt(range.lower * range.upper)
                            : (range.lower + range.upper) / 2;
  if (event->matches(QKeySequence::Copy)) {
    copyPicture();
    return;
  }
  switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right: {
      const double sign = event->key() == Qt::Key_Left ? -1 : 1;
      if (cursor_ == nullptr || event->modifiers() & Qt::ShiftModifier) {
        plot_->panBy(sign * range.size() * 0.1);
        return;
      }
      // One step of the first series, or a hundredth of what is shown.
      double step = range.size() / 100;
      if (!series_.empty() && series_.front().from.size() > 1) {
        step = series_.front().from[1] - series_.front().from[0];
      }
      const double from = cursor_->isLive() ? range.upper : cursor_->position();
      cursor_->setPosition(std::clamp(from + sign * step, 0.0, std::max(range.upper, from)));
      return;
    }
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      plot_->zoomBy(0.8, middle);
      return;
    case Qt::Key_Minus:
      plot_->zoomBy(1.25, middle);
      return;
    case Qt::Key_Home:
      showAll();
      return;
    case Qt::Key_Escape:
      if (cursor_ != nullptr && !cursor_->isLive()) {
        cursor_->goLive();
        return;
      }
      break;
    default:
      break;
  }
  QWidget::keyPressEvent(event);
}

void ChartPanel::changeEvent(QEvent* event) {
  if (event->type() == QEvent::FontChange) applyTheme();
  QWidget::changeEvent(event);
}

void ChartPanel::updateAccessibility() {
  setAccessibleName(title_);
  setAccessibleDescription(isEmpty() ? empty_label_->text() : covers_);
}

}  // namespace faultline::gui
