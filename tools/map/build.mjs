// Draws the world once: src/dosimeter/report/data/world.json, from world-atlas (Natural Earth, 1:50 million).
//
// The projection is Equal Earth: areas are true, as a choropleth map needs them. d3-geo cuts shapes at the
// antimeridian. Coordinates are whole numbers of a sheet WIDTH units wide, and every ring is written with
// steps from point to point: the shapes stand in every report, so each byte of them counts.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { geoCentroid, geoEqualEarth, geoMercator, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import { presimplify, simplify } from "topojson-simplify";

const require = createRequire(import.meta.url);
const iso = require("i18n-iso-countries");
const atlas = JSON.parse(readFileSync(require.resolve("world-atlas/countries-50m.json")));

const WIDTH = 4800;
const BOX = 600; // of one overseas department
const SPECK = 40; // square units: smaller islands are left out, but for the largest of a country
const TINY = 420; // square units: a smaller country is marked with a circle too
const SMALLEST_DETAIL = 0.006; // square degrees: what a corner must span to stay

// Departments of France that the atlas draws as parts of it: west, south, east, north.
const OVERSEAS = {
  GP: [-62, 15.8, -60.9, 16.6],
  MQ: [-61.3, 14.3, -60.7, 15],
  GF: [-54.7, 2, -51.5, 6],
  RE: [55.1, -21.5, 55.9, -20.8],
  YT: [44.9, -13.1, 45.4, -12.5],
};

// Countries with a code that the atlas does not draw by themselves: longitude, latitude.
const UNDRAWN = {
  BQ: [-68.27, 12.18], BV: [3.4, -54.43], CC: [96.87, -12.17], CX: [105.63, -10.45], GI: [-5.35, 36.14],
  SJ: [16, 78.5], TK: [-171.85, -9.2], TV: [179.2, -8.52], UM: [-177.38, 28.2],
};

// The zoom on Europe holds these points.
const EUROPE = [[-24, 63], [-10, 36], [34, 34.5], [-9, 71], [31, 71], [41, 48], [10, 35]];

const sharp = feature(atlas, atlas.objects.countries).features;
const plain = simplify(presimplify(atlas), SMALLEST_DETAIL);
const drawn = feature(plain, plain.objects.countries).features.filter((each) => codeOf(each) !== "AQ");

const projection = geoEqualEarth().rotate([-11, 0]).fitWidth(WIDTH, { type: "FeatureCollection", features: drawn });
const path = geoPath(projection);
const height = Math.ceil(path.bounds({ type: "FeatureCollection", features: drawn })[1][1]);

const countries = {};
const unclaimed = [];
for (const each of drawn) {
  const code = codeOf(each);
  const polygons = polygonsOf(each.geometry);
  if (!code) {
    unclaimed.push(outline(polygons, path));
    continue;
  }
  for (const [part, mine] of byDepartment(code, polygons)) {
    if (mine.length && !(part in countries)) countries[part] = shape(mine);
  }
}
for (const [code, box] of Object.entries(OVERSEAS)) {
  countries[code] ??= at([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]);
}
for (const [code, point] of Object.entries(UNDRAWN)) countries[code] = at(point);

const france = polygonsOf(sharp.find((each) => codeOf(each) === "FR").geometry);
const overseas = {};
for (const code of Object.keys(OVERSEAS)) overseas[code] = departmentAlone(within(OVERSEAS[code], france));

const corners = EUROPE.map((point) => projection(point));
const [west, north] = [0, 1].map((axis) => Math.floor(Math.min(...corners.map((point) => point[axis]))));
const [east, south] = [0, 1].map((axis) => Math.ceil(Math.max(...corners.map((point) => point[axis]))));

const world = {
  source: "Natural Earth 1:50m, world-atlas 2.0.2",
  width: WIDTH,
  height,
  europe: [west, north, east - west, south - north],
  box: BOX,
  countries: Object.fromEntries(Object.entries(countries).sort(([one], [other]) => (one < other ? -1 : 1))),
  unclaimed: unclaimed.join(""),
  overseas,
};
const target = new URL("../../src/dosimeter/report/data/world.json", import.meta.url);
writeFileSync(target, `${JSON.stringify(world).replaceAll('},"', '},\n"')}\n`);

function codeOf(each) {
  return each.id ? iso.numericToAlpha2(each.id) : undefined;
}

function polygonsOf(geometry) {
  return geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
}

function within([west_, south_, east_, north_], polygons) {
  return polygons.filter((rings) => {
    const [x, y] = geoCentroid({ type: "Polygon", coordinates: rings });
    return x >= west_ && x <= east_ && y >= south_ && y <= north_;
  });
}

function byDepartment(code, polygons) {
  if (code !== "FR") return [[code, polygons]];
  const parts = Object.entries(OVERSEAS).map(([part, box]) => [part, within(box, polygons)]);
  const away = new Set(parts.flatMap(([, mine]) => mine));
  return [["FR", polygons.filter((each) => !away.has(each))], ...parts];
}

function shape(polygons) {
  const bySize = polygons
    .map((rings) => [path.area({ type: "Polygon", coordinates: rings }), rings])
    .sort(([one], [other]) => other - one);
  const [largest, main] = bySize[0];
  const kept = bySize.filter(([area], place) => place === 0 || area >= SPECK).map(([, rings]) => rings);
  const [x, y] = path.centroid({ type: "Polygon", coordinates: main }).map(Math.round);
  return { d: outline(kept, path), at: [x, y], tiny: largest < TINY };
}

function at(point) {
  return { d: "", at: projection(point).map(Math.round), tiny: true };
}

function departmentAlone(polygons) {
  const alone = { type: "MultiPolygon", coordinates: polygons };
  const close = geoMercator().fitExtent([[20, 20], [BOX - 20, BOX - 20]], alone);
  return outline(polygons, geoPath(close));
}

function outline(polygons, with_) {
  const rings = [];
  with_.context({
    moveTo: (x, y) => rings.push([[Math.round(x), Math.round(y)]]),
    lineTo: (x, y) => rings.at(-1).push([Math.round(x), Math.round(y)]),
    closePath: () => {},
    arc: () => {},
  });
  with_({ type: "MultiPolygon", coordinates: polygons });
  with_.context(null);
  return rings.map(steps).join("");
}

function steps(ring) {
  const [first, ...rest] = ring;
  const moves = [];
  let before = first;
  for (const point of rest) {
    const [dx, dy] = [point[0] - before[0], point[1] - before[1]];
    if (dx || dy) moves.push(`${dx}${dy < 0 ? "" : " "}${dy}`);
    before = point;
  }
  const joined = moves.map((each, place) => (place && !each.startsWith("-") ? ` ${each}` : each)).join("");
  return moves.length > 1 ? `M${first[0]} ${first[1]}l${joined}z` : "";
}
