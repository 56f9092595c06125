"""Who is in the fleet, where, and what it holds: the published figures, and seeded ones beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from ipaddress import IPv4Address
from random import Random
from typing import Final

from dosimeter.lab.catalogue import Catalogue
from dosimeter.lab.face import Face
from dosimeter.lab.face import Kind as FaceKind
from dosimeter.lab.fleet import figures, kinds
from dosimeter.lab.fleet.figures import BALANCE, COUNTRIES, CountryFigures
from dosimeter.lab.fleet.kinds import Kind, Rung
from dosimeter.lab.fleet.stock import Stock
from dosimeter.lab.generated import Shape, invent_catalogue
from dosimeter.lab.policy import Reaction

FIRST_ADDRESS: Final = IPv4Address("127.64.0.1")
NETWORK: Final = "127.64.0.0/10"
_A_BLOCK: Final = 250
_STUDIES_EACH: Final = 45_000
_IMAGES_EACH: Final = 31.0
_SMALL_SHARE: Final = 0.17
_CAPPED_SHARE: Final = 0.15
"""Of the archives of some thousand studies, how many have a limit."""
_CAPPED_SIZE: Final = range(800, 25_000)
_RETRIEVABLE_SHARE: Final = 0.6
_MOST_BELOW: Final = 260
"""Studies of an archive without counters: its first year holds few enough to be listed as a sample."""
_IN_THE_FIRST_YEAR: Final = 5
_MOST_DAYS_BEFORE: Final = 300
_MOST_SEEDS: Final = 200
_APART: Final = 1.2
_SIZES: Final = 11
"""Archives of one name and product are told apart by how much they hold: few addresses may be one's."""
_WEB_PORT: Final = 8042


@dataclass(frozen=True, slots=True)
class Member:
    """One archive of the fleet, at ``port`` in DICOM; with a ``face`` a browser is enough."""

    number: int
    address: str
    country: str
    rung: Rung
    kind: Kind
    port: int
    retrievable: bool = False
    holdings: Stock | Catalogue | None = field(default=None, repr=False)
    face: Face | None = None

    @property
    def studies(self) -> int:
        """What it holds."""
        held = self.holdings
        return held.studies.size if isinstance(held, Catalogue) else held.studies if held is not None else 0

    @property
    def images(self) -> int:
        """What it holds."""
        held = self.holdings
        if isinstance(held, Catalogue):
            return int(held.first_instance[-1])
        return held.images if held is not None else 0


@dataclass(slots=True)
class _Draft:
    """A member before it has a place."""

    country: str
    rung: Rung
    kind: Kind
    retrievable: bool = False
    holdings: Stock | Catalogue | None = None
    face: FaceKind | None = None
    studies: int = 0
    images: int = 0


def plan_fleet(today: date, scale: int = 1) -> tuple[Member, ...]:
    """The same fleet for the same day: a ``scale``-th of the study, whose totals are divided and exact.

    The newest studies are of ``today``: an archive is in use.

    Raises:
        ValueError: the scale leaves no archive that a browser opens.
    """
    if not 1 <= scale <= figures.BROWSABLE:
        raise ValueError(f"the scale is a whole number from 1 to {figures.BROWSABLE}")
    for seed in range(_MOST_SEEDS):
        try:
            return _Planner(today, scale, seed).members()
        except _Unbalanced:
            continue
    raise ValueError(f"no fleet of one archive in {scale} adds up")


class _Unbalanced(ValueError):
    """What was drawn leaves too little, or too much, for the country that takes what is left."""


class _Planner:
    """Draws from one seed, in one order."""

    def __init__(self, today: date, scale: int, seed: int) -> None:
        self._today = today
        self._scale = scale
        self._rng = Random(f"greenbone-2019/{scale}/{seed}")
        self._numbers = 0

    def members(self) -> tuple[Member, ...]:
        drafts = self._open()
        self._browsable(drafts)
        for draft in drafts:
            if draft.holdings is None:
                self._fill(draft)
        drafts += self._others(self._share(figures.STUDIED) - len(drafts))
        self._rng.shuffle(drafts)
        return tuple(self._placed(number, draft) for number, draft in enumerate(drafts))

    def _share(self, whole: int) -> int:
        return round(whole / self._scale + 1e-9)

    # What is open.

    def _open(self) -> list[_Draft]:
        archives = allot(self._share(figures.QUERYABLE), [each.archives for each in COUNTRIES])
        countries = [
            replace(each, archives=number) for each, number in zip(COUNTRIES, archives, strict=True) if number
        ]
        drafts: list[_Draft] = []
        left = [whole // self._scale for whole in (figures.STUDIES, figures.IMAGES, figures.DOWNLOADABLE)]
        for country in sorted(countries, key=lambda each: each.code == BALANCE):
            held = self._figures(country) if country.code != BALANCE else (left[0], left[1], left[2])
            found = self._country(country, *held)
            sums = (
                sum(draft.studies for draft in found),
                sum(draft.images for draft in found),
                sum(draft.images for draft in found if draft.retrievable),
            )
            if country.code == BALANCE and sums != held:
                raise _Unbalanced(f"the totals do not come out: {sums}, not {held}")
            left = [rest - used for rest, used in zip(left, sums, strict=True)]
            drafts += found
        return drafts

    def _figures(self, country: CountryFigures) -> tuple[int, int, int]:
        """Studies, images and downloadable images of a country: published, or drawn."""
        rng = self._rng
        studies = round(country.archives * country.weight * _STUDIES_EACH * rng.lognormvariate(0, 0.25))
        if country.studies is not None:
            studies = country.studies // self._scale
        images = round(studies * _IMAGES_EACH * rng.lognormvariate(0, 0.2))
        if country.images is not None:
            images = country.images // self._scale
        downloadable = round(images * rng.uniform(0.25, 0.7))
        if country.archives == 1:
            downloadable = images if rng.random() < _RETRIEVABLE_SHARE else 0
        if country.downloadable is not None:
            downloadable = country.downloadable // self._scale if country.archives > 1 else images
        return studies, images, downloadable

    def _country(self, country: CountryFigures, studies: int, images: int, downloadable: int) -> list[_Draft]:
        rng = self._rng
        small = [self._small(country.code) for _ in range(int(country.archives * _SMALL_SHARE))]
        for draft in small:
            studies -= draft.studies
            images -= draft.images
            downloadable -= draft.images * draft.retrievable
        large = [
            _Draft(country.code, Rung.QUERYABLE, self._drawn(kinds.LARGE))
            for _ in range(country.archives - len(small))
        ]
        if not 0 < studies <= images or not 0 <= downloadable <= images:
            raise _Unbalanced(f"{studies:,} studies, {images:,} images, {downloadable:,} of them to download")
        part = downloadable / images
        many = round(len(large) * part)
        if 0 < downloadable < images:
            many = min(max(many, 1), len(large) - 1)
        for draft in large[:many]:
            draft.rung, draft.retrievable = Rung.RETRIEVABLE, True
        shares = ((large[:many], part, downloadable), (large[many:], 1 - part, images - downloadable))
        left = studies
        for drafts, share, held in shares:
            own = min(max(round(studies * share), len(drafts)), left) if drafts is not shares[1][0] else left
            left -= own
            if not len(drafts) <= own <= held or (own and not drafts):
                raise _Unbalanced(f"{own:,} studies and {held:,} images for {len(drafts)} archives")
            weights = [rng.lognormvariate(0, 0.8) for _ in drafts]
            for draft, number in zip(drafts, allot(own - len(drafts), weights), strict=True):
                draft.studies = number + 1
            further = [draft.studies * rng.lognormvariate(0, 0.25) for draft in drafts]
            for draft, number in zip(drafts, allot(held - own, further), strict=True):
                draft.images = draft.studies + number
        return small + large

    def _small(self, country: str) -> _Draft:
        rng, kind = self._rng, self._drawn(kinds.SMALL)
        repeats = kind.policy.row_per_instance
        shape = Shape(
            rng.randint(40, 110) if repeats else rng.randint(90, _MOST_BELOW),
            first=date(self._today.year - rng.randint(4, 9), 1, 1),
            last=self._today,
            undated=0 if repeats else rng.choice((0, 0, 0, 15)),
            most_instances=4 if repeats else 12,
        )
        self._numbers += 1
        catalogue = invent_catalogue(1_000_000 * self._scale + self._numbers, shape)
        retrievable = rng.random() < _RETRIEVABLE_SHARE
        return _Draft(
            country,
            Rung.RETRIEVABLE if retrievable else Rung.QUERYABLE,
            kind,
            retrievable=retrievable,
            holdings=catalogue,
            studies=catalogue.studies.size,
            images=int(catalogue.first_instance[-1]),
        )

    def _browsable(self, drafts: Sequence[_Draft]) -> None:
        """Some of the large archives that are retrieved from have a web face beside their DICOM port."""
        rng = self._rng
        able = [draft for draft in drafts if draft.retrievable and draft.holdings is None]
        rng.shuffle(able)
        number = self._share(figures.BROWSABLE)
        swiss = [draft for draft in able if draft.country == "CH"][:1]
        rest = [draft for draft in able if draft.country != "CH"][: number - len(swiss)]
        for draft in swiss + rest:
            draft.rung = Rung.BROWSABLE
            draft.kind = kinds.LARGE[0]
            draft.face = FaceKind.ORTHANC

    def _fill(self, draft: _Draft) -> None:
        rng = self._rng
        self._numbers += 1
        if draft.face is None and draft.studies in _CAPPED_SIZE and rng.random() < _CAPPED_SHARE:
            draft.kind = self._drawn(kinds.CAPPED)
        first = date(self._today.year - rng.randint(3, 11), 12, 31)
        # A few studies in the first year: they are what counters are checked with.
        few = _IN_THE_FIRST_YEAR * (self._today - first).days // draft.studies
        first -= timedelta(days=min(max(few, rng.randint(0, 3)), _MOST_DAYS_BEFORE))
        each = rng.choice((1, 2, 2, 4, 5))
        draft.holdings = Stock(
            self._numbers,
            draft.studies,
            draft.images,
            first,
            self._today,
            undated=draft.studies * rng.choice((*(0,) * 9, 7, 20)) // 1000,
            studies_each=each if draft.studies % each == 0 else 1,
        )

    # What is not.

    def _others(self, number: int) -> list[_Draft]:
        rng = self._rng
        rungs = list(kinds.SHARES)
        numbers = allot(number, [kinds.SHARES[rung][0] for rung in rungs])
        codes = [country.code for country in COUNTRIES]
        weights = [country.archives**0.8 + 1 for country in COUNTRIES]
        drafts = []
        for rung, count in zip(rungs, numbers, strict=True):
            for _ in range(count):
                (code,) = rng.choices(codes, weights)
                drafts.append(self._other(code, rung))
        return drafts

    def _other(self, country: str, rung: Rung) -> _Draft:
        draft = _Draft(country, rung, self._drawn(kinds.SHARES[rung][1]))
        if rung in {Rung.NAME_GATED, Rung.DECOY}:
            self._numbers += 1
            size = round(40 * _APART ** (self._numbers % _SIZES))
            shape = Shape(size, first=date(self._today.year - 4, 1, 1), last=self._today, most_instances=8)
            draft.holdings = invent_catalogue(1_000_000 * self._scale + self._numbers, shape)
        return draft

    def _drawn(self, among: Sequence[Kind]) -> Kind:
        (kind,) = self._rng.choices(among, [each.share for each in among])
        return kind

    def _placed(self, number: int, draft: _Draft) -> Member:
        address = str(FIRST_ADDRESS + 256 * (number // _A_BLOCK) + number % _A_BLOCK)
        kind, face = draft.kind, None
        if draft.rung is Rung.QUERYABLE:
            kind = replace(kind, policy=replace(kind.policy, get=Reaction.ABORT))
        if draft.face is not None:
            face = Face(
                draft.face,
                _WEB_PORT,
                "to anybody",
                ae_title=f"FLEET{number:05d}",
                dicom_port=kind.port,
            )
        return Member(
            number,
            address,
            draft.country,
            draft.rung,
            kind,
            kind.port,
            draft.retrievable,
            draft.holdings,
            face,
        )


def allot(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers in proportion to the weights, which add up to the total (largest remainders).

    Raises:
        ValueError: the total is negative, or there is nobody to give it to.
    """
    if total < 0 or (total and not sum(weights)):
        raise ValueError(f"{total:,} cannot be shared out among {len(weights)}")
    whole = sum(weights)
    exact = [total * weight / whole if whole else 0.0 for weight in weights]
    shares = [int(each) for each in exact]
    order = sorted(range(len(exact)), key=lambda place: (shares[place] - exact[place], place))
    for place in order[: total - sum(shares)]:
        shares[place] += 1
    return shares
