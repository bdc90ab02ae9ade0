#include "reports/page_style.hpp"

namespace faultline::reports {
namespace {

constexpr std::string_view style = R"css(
:root {
  --page: #f2f4f7; --card: #ffffff; --ink: #17202e; --soft: #55617a; --line: #dbe0e8; --grid: #e8ebf0;
  --track: #e6e9ef; --blue: #0072b2; --sky: #56b4e9; --green: #009e73; --amber: #e69f00; --red: #d55e00;
  --purple: #cc79a7; --good-ink: #00694d; --bad-ink: #ffffff; --bad-ground: #b84c00; --bad-text: #b04800;
  --fault: rgba(230, 159, 0, 0.22); --code: #f6f7f9;
  color-scheme: light;
}
@media screen and (prefers-color-scheme: dark) {
  :root:not([data-theme="light"]) {
    --page: #15181d; --card: #22262d; --ink: #e9edf3; --soft: #a6b0c0; --line: #3a404b; --grid: #323842;
    --track: #3a404b; --blue: #4aa3df; --sky: #7cc8f2; --green: #2fbf93; --amber: #f0b429; --red: #f0812f;
    --purple: #dd9cc0; --good-ink: #5fd9b3; --bad-ink: #ffffff; --bad-ground: #b84c00; --bad-text: #ff9d57;
    --fault: rgba(240, 180, 41, 0.2); --code: #1a1d23;
    color-scheme: dark;
  }
}
@media screen {
  :root[data-theme="dark"] {
    --page: #15181d; --card: #22262d; --ink: #e9edf3; --soft: #a6b0c0; --line: #3a404b; --grid: #323842;
    --track: #3a404b; --blue: #4aa3df; --sky: #7cc8f2; --green: #2fbf93; --amber: #f0b429; --red: #f0812f;
    --purple: #dd9cc0; --good-ink: #5fd9b3; --bad-ink: #ffffff; --bad-ground: #b84c00; --bad-text: #ff9d57;
    --fault: rgba(240, 180, 41, 0.2); --code: #1a1d23;
    color-scheme: dark;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.45 system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
main, header.top, footer { max-width: 1180px; margin: 0 auto; padding: 0 20px; }
header.top { padding-top: 24px; }
h1 { font-size: 27px; line-height: 1.2; margin: 0 0 6px; overflow-wrap: anywhere; }
h2 { font-size: 19px; margin: 30px 0 12px; }
h3 { font-size: 15.5px; margin: 0; }
p { margin: 0 0 6px; }
.faint, .window, .note, footer { color: var(--soft); }
.window, .note { font-size: 13px; }
.window { margin: 1px 0 8px; }
.note { margin: 8px 0 0; }
.pills { display: flex; flex-wrap: wrap; gap: 8px; margin: 12px 0 0; padding: 0; list-style: none; }
.pills li { padding: 3px 13px; border-radius: 999px; font-weight: 600; font-size: 14px; overflow-wrap: anywhere; }
.pill-bad { background: var(--bad-ground); color: var(--bad-ink); }
.pill-good { border: 1px solid var(--line); background: var(--card); color: var(--good-ink); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 0; }
.tiles > div { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px; }
.tiles dt { color: var(--soft); font-size: 13.5px; }
.tiles dd { margin: 0; font-size: 25px; font-weight: 650; line-height: 1.25; white-space: nowrap; }
.tiles dd.sub { font-size: 13px; font-weight: 400; color: var(--soft); white-space: normal; line-height: 1.35; }
.bad { color: var(--bad-text); font-weight: 650; }
.good { color: var(--good-ink); font-weight: 600; }
.charts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; margin: 0;
  min-width: 0; }
.wide { grid-column: 1 / -1; }
main > .card.wide { margin-top: 16px; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: 13px; color: var(--soft); margin-bottom: 6px; }
.legend span { display: inline-flex; align-items: center; gap: 6px; }
.legend svg { flex: none; }
.scroll { overflow-x: auto; }
.scroll > svg { display: block; width: 100%; min-width: 640px; margin: 0 auto; }
.plain > svg, .card > svg { display: block; width: 100%; height: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
caption { text-align: start; color: var(--soft); font-size: 13px; padding-bottom: 6px; }
caption > span { display: inline-block; position: sticky; left: 0; max-width: calc(100vw - 56px); }
th, td { padding: 5px 10px; border-bottom: 1px solid var(--grid); text-align: end; white-space: nowrap;
  vertical-align: baseline; }
th { font-weight: 600; }
thead th { color: var(--soft); font-weight: 500; font-size: 13px; border-bottom-color: var(--line); vertical-align: bottom;
  white-space: normal; line-height: 1.25; }
th.text, td.text { text-align: start; }
th.name { text-align: start; white-space: normal; overflow-wrap: anywhere; min-width: 8.5em; }
th.path { min-width: 17em; }
td.long { text-align: start; white-space: normal; overflow-wrap: anywhere; min-width: 9em; }
tbody tr:last-child > * { border-bottom: 0; }
.amount { display: inline-block; min-width: 4.8em; }
.meter { display: inline-block; vertical-align: middle; margin-inline-end: 8px; }
dl.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 3px 18px; margin: 10px 0; font-size: 14px; }
dl.facts dt { color: var(--soft); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
code, pre { font-family: ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", "Liberation Mono", monospace; font-size: 13px; }
pre { background: var(--code); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; margin: 8px 0;
  white-space: pre-wrap; overflow-wrap: anywhere; }
details { margin-top: 12px; }
details > .scroll { margin-top: 14px; }
details > pre { max-height: 34em; overflow: auto; }
summary { cursor: pointer; font-weight: 600; }
footer { padding-top: 22px; padding-bottom: 28px; font-size: 13px; }
svg text { font-family: system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; fill: var(--ink); }
svg .tick { font-size: 11.5px; fill: var(--soft); }
svg .faint { opacity: 0.85; }
svg .strong { fill: var(--ink); }
svg .small { font-size: 10.5px; fill: var(--soft); }
svg .name { font-size: 13.5px; font-weight: 650; }
svg .halo { paint-order: stroke; stroke: var(--card); stroke-width: 3px; stroke-linejoin: round; }
.grid { stroke: var(--grid); stroke-width: 1; fill: none; }
.line { fill: none; stroke-width: 1.7; stroke-linejoin: round; stroke-linecap: round; }
.l0 { stroke: var(--sky); }
.l1 { stroke: var(--blue); stroke-dasharray: 7 3; }
.l2 { stroke: var(--red); stroke-width: 2.1; }
.l3 { stroke: var(--purple); stroke-dasharray: 2 3.5; }
.l4 { stroke: var(--green); stroke-dasharray: 9 3 2 3; }
.l5 { stroke: var(--amber); stroke-dasharray: 4 3; }
.all { stroke: var(--ink); stroke-width: 2.1; }
.ok { stroke: var(--green); }
.fail { stroke: var(--red); }
.unknown { stroke: var(--purple); stroke-dasharray: 5 3.5; }
.offered { stroke: var(--soft); stroke-dasharray: 3 3; stroke-width: 1.3; }
.row { stroke: var(--blue); stroke-width: 1.3; }
.mark { stroke-width: 1.5; }
.fill { fill: var(--blue); opacity: 0.2; }
.bar { fill: var(--blue); opacity: 0.82; }
.dot { fill: var(--ink); }
.band.fault { fill: var(--fault); }
.band.solid { fill: var(--amber); }
.band.phase { fill: none; stroke: var(--soft); stroke-width: 1; }
line.phase { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 4 3; }
.band.breach { fill: var(--red); }
.band.warmup { fill: url(#hatch); }
.hatching { stroke: var(--soft); stroke-width: 1; opacity: 0.4; }
.track { fill: var(--track); stroke: var(--track); stroke-width: 0.5; }
.shade { fill: var(--blue); }
.s0 { opacity: 0.05; } .s1 { opacity: 0.14; } .s2 { opacity: 0.24; } .s3 { opacity: 0.34; } .s4 { opacity: 0.45; }
.s5 { opacity: 0.56; } .s6 { opacity: 0.67; } .s7 { opacity: 0.78; } .s8 { opacity: 0.89; } .s9 { opacity: 1; }
.box { fill: var(--card); stroke: var(--line); stroke-width: 1.2; }
.wire { fill: none; stroke: var(--soft); stroke-width: 1.3; }
.wire-head { fill: var(--soft); }
.load.low { fill: var(--green); } .load.middle { fill: var(--amber); } .load.high { fill: var(--red); }
.load.none { fill: var(--sky); }
.lane { stroke: var(--line); stroke-width: 1.2; fill: none; }
.op { stroke-width: 1.2; }
.op-write { fill: var(--blue); stroke: var(--blue); }
.op-read { fill: var(--amber); stroke: var(--amber); }
.op-open { fill-opacity: 0.25; stroke-dasharray: 4 3; }
.model { stroke: var(--card); stroke-width: 1.5; }
.m-linearizable { fill: var(--blue); } .m-sequential { fill: var(--sky); } .m-causal { fill: var(--green); }
.m-pram { fill: var(--amber); } .m-session { fill: var(--purple); } .m-none { fill: var(--red); }
.m-undecided { fill: var(--soft); }
.tiles dd.words { font-size: 19px; white-space: normal; }
@media screen and (max-width: 820px) {
  .charts { grid-template-columns: minmax(0, 1fr); }
  main, header.top, footer { padding: 0 12px; }
  header.top { padding-top: 16px; }
  .card { padding: 12px; }
  h1 { font-size: 22px; }
  .tiles { grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 8px; }
  .tiles > div { padding: 9px 12px; }
  .tiles dd { font-size: 21px; }
  dl.facts { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dl.facts dd { margin-bottom: 6px; }
}
@media print {
  @page { margin: 14mm 12mm; }
  :root { --page: #ffffff; --fault: rgba(230, 159, 0, 0.3); }
  body { font-size: 10pt; }
  main, header.top, footer { max-width: none; padding: 0; }
  .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 10px; }
  .card { padding: 8px 10px; border-radius: 4px; break-inside: avoid; }
  .tiles { grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 8px; }
  .tiles > div { padding: 6px 10px; break-inside: avoid; }
  .tiles dd { font-size: 15pt; }
  .tiles dd.words { font-size: 11pt; }
  h2, h3, summary, caption { break-after: avoid; }
  tr { break-inside: avoid; }
  thead { display: table-header-group; }
  table { font-size: 8.5pt; }
  th, td { padding: 3px 6px; }
  .card.flow { break-inside: auto; }
  th.path { min-width: 0; }
  .scroll { overflow: visible; }
  .scroll > svg { min-width: 0 !important; }
  svg .tick { font-size: 12.5px; }
  .pills li, .meter, svg { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  .pill-bad { border: 1px solid var(--bad-ground); }
  details > pre { max-height: none; overflow: visible; }
  details::details-content { content-visibility: visible; block-size: auto; }
  pre { font-size: 8pt; }
}
)css";

}  // namespace

std::string_view page_style() { return style; }

}  // namespace faultline::reports
