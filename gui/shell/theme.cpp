#include "gui/shell/theme.hpp"

#include <QApplication>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>
#include <QProxyStyle>
#include <QSvgRenderer>

#include "gui/shell/paper.hpp"

namespace faultline::gui {

namespace {

/// One look: the surfaces from the ground up.
struct Look {
  QColor window, surface, canvas, raised, border, grid, text, muted, accent;
};

const Look light{QColor("#f3f5f7"), QColor("#ffffff"), QColor("#f8fafc"),
                 QColor("#f8fafc"), QColor("#d9dfe5"), QColor("#e4e8ec"),
                 QColor("#1b2430"), QColor("#5b6777"), QColor("#0072b2")};
const Look dark{QColor("#1b1e24"), QColor("#22262e"), QColor("#15181c"),
                QColor("#191c21"), QColor("#363c47"), QColor("#2d323b"),
                QColor("#e8ebef"), QColor("#a0a9b6"), QColor("#56b4e9")};

int papers = 0;  ///< How many PaperColours there are.

/// Whether colours are those of the dark look now.
bool darkNow() { return Theme::instance().isDark() && papers == 0; }

const Look& look() { return darkNow() ? dark : light; }

// Okabe and Ito's eight, in a darker and a lighter hue where thin lines and texts ask for contrast.
constexpr const char* orange = "#e69f00";
constexpr const char* vermillion = "#d55e00";

QPalette paletteOf(const Look& look) {
  QPalette palette;
  palette.setColor(QPalette::Window, look.window);
  palette.setColor(QPalette::WindowText, look.text);
  palette.setColor(QPalette::Base, look.raised);
  palette.setColor(QPalette::AlternateBase, look.surface);
  palette.setColor(QPalette::Text, look.text);
  palette.setColor(QPalette::PlaceholderText, look.muted);
  palette.setColor(QPalette::Button, look.surface);
  palette.setColor(QPalette::ButtonText, look.text);
  palette.setColor(QPalette::BrightText, QColor(vermillion));
  palette.setColor(QPalette::ToolTipBase, look.surface);
  palette.setColor(QPalette::ToolTipText, look.text);
  palette.setColor(QPalette::Highlight, look.accent);
  palette.setColor(QPalette::HighlightedText, QColor(Qt::white));
  palette.setColor(QPalette::Link, look.accent);
  palette.setColor(QPalette::LinkVisited, look.accent);
  palette.setColor(QPalette::Light, look.surface.lighter(110));
  palette.setColor(QPalette::Midlight, look.surface);
  palette.setColor(QPalette::Mid, look.border);
  palette.setColor(QPalette::Dark, look.border.darker(120));
  palette.setColor(QPalette::Shadow, QColor(0, 0, 0, 120));
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
    QColor faint = look.text;
    faint.setAlphaF(0.4F);
    palette.setColor(QPalette::Disabled, role, faint);
  }
  return palette;
}

QString styleSheetOf(const Look& look) {
  QString sheet = QStringLiteral(R"(
QMainWindow::separator { background: %border%; width: 1px; height: 1px; }
QMenuBar { background: %surface%; padding: 2px 6px; }
QMenuBar::item { padding: 4px 10px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: %raised%; }
QMenu { background: %surface%; border: 1px solid %border%; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 24px; border-radius: 4px; }
QMenu::item:selected { background: %accent%; color: white; }
QMenu::item:disabled { color: %muted%; background: transparent; }
QMenu::separator { height: 1px; background: %border%; margin: 4px 8px; }
QToolBar { background: %surface%; border: none; border-bottom: 1px solid %border%; spacing: 4px; padding: 4px 8px; }
QToolButton { border: 1px solid transparent; border-radius: 5px; padding: 4px; }
QToolButton:hover { background: %raised%; border-color: %border%; }
QToolButton:pressed, QToolButton:checked { background: %raised%; border-color: %accent%; }
QDockWidget { titlebar-close-icon: none; }
QDockWidget::title { background: %surface%; padding: 6px 10px; border-bottom: 1px solid %border%; text-align: left; }
QStatusBar { background: %surface%; border-top: 1px solid %border%; }
QStatusBar::item { border: none; }
QPushButton { background: %surface%; border: 1px solid %border%; border-radius: 5px; padding: 5px 14px; }
QPushButton:hover { border-color: %accent%; }
QPushButton:default { background: %accent%; border-color: %accent%; color: white; }
QPushButton:default:disabled { background: %surface%; border-color: %border%; color: %muted%; }
QPushButton:disabled { color: %muted%; }
QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox, QPlainTextEdit, QTextEdit {
  background: %raised%; border: 1px solid %border%; border-radius: 5px; padding: 3px 7px;
  selection-background-color: %accent%; selection-color: white; }
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QPlainTextEdit:focus { border-color: %accent%; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url(:/icons/arrow-down-%look%.svg); width: 12px; height: 12px; }
QSpinBox::up-button, QDoubleSpinBox::up-button {
  subcontrol-origin: border; subcontrol-position: top right; width: 18px; border: none; }
QSpinBox::down-button, QDoubleSpinBox::down-button {
  subcontrol-origin: border; subcontrol-position: bottom right; width: 18px; border: none; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url(:/icons/arrow-up-%look%.svg); width: 10px; height: 10px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url(:/icons/arrow-down-%look%.svg); width: 10px; height: 10px; }
QSpinBox::up-arrow:off, QDoubleSpinBox::up-arrow:off, QSpinBox::down-arrow:off, QDoubleSpinBox::down-arrow:off { image: none; }
QCheckBox::indicator, QTreeView::indicator, QTableView::indicator, QListView::indicator, QMenu::indicator:non-exclusive {
  width: 13px; height: 13px; border: 1px solid %muted%; border-radius: 3px; background: %raised%; }
QCheckBox::indicator:checked, QTreeView::indicator:checked, QTableView::indicator:checked,
QListView::indicator:checked, QMenu::indicator:non-exclusive:checked {
  background: %accent%; border-color: %accent%; image: url(:/icons/check-%look%.svg); }
QCheckBox::indicator:hover, QCheckBox::indicator:focus { border-color: %accent%; }
QCheckBox::indicator:disabled { border-color: %border%; }
QMenu::indicator:non-exclusive { left: 5px; }
QTabBar::tab { background: transparent; color: %muted%; padding: 6px 9px; border: none; border-bottom: 2px solid transparent; }
QMainWindow > QTabBar::tab { padding: 6px 2px; }
QTabBar::tab:selected { color: %accent%; border-bottom-color: %accent%; }
QTabBar::tab:hover { color: %text%; }
QTabWidget::pane { border: none; }
QHeaderView::section { background: %surface%; color: %muted%; border: none; border-bottom: 1px solid %border%; padding: 5px 8px; }
QTableView, QTreeView, QListView { background: %surface%; border: none; alternate-background-color: %raised%;
  selection-background-color: %accent%; selection-color: white; gridline-color: %grid%; }
QToolTip { background: %surface%; color: %text%; border: 1px solid %border%; padding: 4px; }
QScrollArea { border: none; background: transparent; }
QProgressBar { background: %raised%; border: none; border-radius: 3px; height: 6px; text-align: center; }
QProgressBar::chunk { background: %accent%; border-radius: 3px; }
)");
  const std::pair<const char*, QColor> colours[] = {
      {"%surface%", look.surface}, {"%raised%", look.raised}, {"%border%", look.border},
      {"%accent%", look.accent},   {"%muted%", look.muted},   {"%text%", look.text},
      {"%grid%", look.grid}};
  sheet.replace(QLatin1String("%look%"), QLatin1String(&look == &dark ? "dark" : "light"));
  for (const auto& [name, colour] : colours) sheet.replace(QLatin1String(name), colour.name());
  return sheet;
}

QColor withAlpha(QColor colour, int alpha) {
  colour.setAlpha(alpha);
  return colour;
}

/// An icon drawn from SVG in a colour that is asked for when it is painted, so that a change of the
/// theme shows at once.
class ThemedIconEngine final : public QIconEngine {
 public:
  ThemedIconEngine(QString name, QColor color) : name_(std::move(name)), color_(color) {}

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
    const qreal ratio = painter->device() ? painter->device()->devicePixelRatio() : 1.0;
    QPixmap drawn = pixmap(rect.size() * ratio, mode, state);
    drawn.setDevicePixelRatio(ratio);
    painter->drawPixmap(rect, drawn);
  }

  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State) override {
    // Asked for by a button that a narrow layout has left no room.
    if (size.isEmpty()) return {};
    QColor colour = color_.isValid() ? color_ : Theme::instance().text();
    if (mode == QIcon::Disabled) colour.setAlphaF(0.35F);
    const QString key = QStringLiteral("faultline/%1/%2/%3x%4")
                            .arg(name_, colour.name(QColor::HexArgb))
                            .arg(size.width())
                            .arg(size.height());
    QPixmap result;
    if (QPixmapCache::find(key, &result)) return result;
    result = QPixmap(size);
    result.fill(Qt::transparent);
    QSvgRenderer renderer(QStringLiteral(":/icons/%1.svg").arg(name_));
    renderer.setAspectRatioMode(Qt::KeepAspectRatio);
    QPainter painter(&result);
    renderer.render(&painter);
    painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
    painter.fillRect(result.rect(), colour);
    painter.end();
    QPixmapCache::insert(key, result);
    return result;
  }

  QIconEngine* clone() const override { return new ThemedIconEngine(name_, color_); }

 private:
  QString name_;
  QColor color_;  ///< Invalid: that of the text.
};

/// Fusion, with icons of ours in questions and warnings.
class Style final : public QProxyStyle {
 public:
  Style() : QProxyStyle(QStringLiteral("Fusion")) {}

  int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                QStyleHintReturn* data) const override {
    // Words are enough on the buttons of a dialog; the pictures there would be of another style.
    if (hint == SH_DialogButtonBox_ButtonsHaveIcons) return 0;
    return QProxyStyle::styleHint(hint, option, widget, data);
  }

  QIcon standardIcon(StandardPixmap icon, const QStyleOption* option,
                     const QWidget* widget) const override {
    const Theme& theme = Theme::instance();
    switch (icon) {
      case SP_MessageBoxQuestion:
        return themedIcon(QStringLiteral("question"), theme.info());
      case SP_MessageBoxInformation:
        return themedIcon(QStringLiteral("info"), theme.info());
      case SP_MessageBoxWarning:
        return themedIcon(QStringLiteral("problem"), theme.warning());
      case SP_MessageBoxCritical:
        return themedIcon(QStringLiteral("problem"), theme.bad());
      default:
        return QProxyStyle::standardIcon(icon, option, widget);
    }
  }
};

}  // namespace

QIcon themedIcon(const QString& name, const QColor& color) {
  return QIcon(new ThemedIconEngine(name, color));
}

Theme& Theme::instance() {
  static Theme theme;
  return theme;
}

Theme::Theme() = default;

void Theme::setMode(Mode mode) {
  mode_ = mode;
  apply();
}

void Theme::apply() {
  if (mode_ == Mode::system) {
    // What the desktop's own palette says, before ours replaces it.
    static const bool system_dark =
        QGuiApplication::palette().color(QPalette::Window).lightness() < 128;
    dark_ = system_dark;
  } else {
    dark_ = mode_ == Mode::dark;
  }
  if (auto* application = qobject_cast<QApplication*>(QCoreApplication::instance())) {
    QApplication::setStyle(new Style);
    QApplication::setPalette(paletteOf(look()));
    application->setStyleSheet(styleSheetOf(look()));
  }
  Q_EMIT changed();
}

QColor Theme::window() const { return look().window; }
QColor Theme::surface() const { return look().surface; }
QColor Theme::canvas() const { return look().canvas; }
QColor Theme::raised() const { return look().raised; }
QColor Theme::border() const { return look().border; }
QColor Theme::grid() const { return look().grid; }
QColor Theme::text() const { return look().text; }
QColor Theme::mutedText() const { return look().muted; }
QColor Theme::accent() const { return look().accent; }
QColor Theme::onAccent() const { return Qt::white; }

QColor Theme::good() const { return QColor(darkNow() ? "#2aa67c" : "#009e73"); }
QColor Theme::warning() const { return QColor(orange); }
QColor Theme::bad() const { return QColor(vermillion); }
QColor Theme::info() const { return QColor(darkNow() ? "#56b4e9" : "#0072b2"); }
QColor Theme::faultBand() const { return withAlpha(QColor(orange), darkNow() ? 46 : 36); }
QColor Theme::breachBand() const { return withAlpha(QColor(vermillion), darkNow() ? 56 : 34); }

QColor Theme::series(int index) const {
  static const char* const on_light[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                         "#e69f00", "#56b4e9", "#5b6777"};
  static const char* const on_dark[] = {"#56b4e9", "#e8742a", "#2aa67c", "#d895bb",
                                        "#e69f00", "#4a8fd6", "#a0a9b6"};
  return QColor((darkNow() ? on_dark : on_light)[index % 7]);
}

QColor Theme::load(double utilization) const {
  if (utilization > 0.9) return bad();
  if (utilization > 0.7) return warning();
  return good();
}

QFont Theme::font() const { return QApplication::font(); }
QFont Theme::smallFont() const {
  QFont small = font();
  small.setPointSizeF(small.pointSizeF() * 0.87);
  return small;
}
QFont Theme::boldFont() const {
  QFont bold = font();
  bold.setBold(true);
  return bold;
}
QFont Theme::monospace() const { return QFontDatabase::systemFont(QFontDatabase::FixedFont); }

PaperColours::PaperColours() { ++papers; }
PaperColours::~PaperColours() { --papers; }
bool PaperColours::active() { return papers > 0; }

}  // namespace faultline::gui
