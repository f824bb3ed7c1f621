"""Titles of books, journals and sections, as real ones go."""

from __future__ import annotations

from synth import manual
from synth.chance import Chance

_SUBJECTS = (
    "Linear Algebra", "Marine Biology", "Organic Chemistry", "Number Theory", "Operating Systems", "Computer Networks",
    "Statistical Inference", "Modern Architecture", "Urban Planning", "Plant Physiology", "Machine Learning",
    "Image Processing", "Medieval History", "Comparative Literature", "Public Health", "Social Anthropology",
    "Distributed Systems", "Graph Theory", "Climate Science", "Soil Mechanics", "Typography", "Cartography", "Logic",
    "Phonetics", "Economic Geography", "Art History", "Data Analysis", "Numerical Methods", "Fluid Dynamics",
    "Information Retrieval", "Library Science", "Music Theory", "Photography", "Cognitive Psychology", "Genetics",
    "International Law", "Labour Economics", "Moral Philosophy", "Object-Oriented Design", "Optics", "Programming",
    "Probability", "Signal Processing", "Software Engineering", "Structural Engineering", "Web Design", "Zoology",
)  # fmt: skip
_BOOKS = (
    "{subject}", "{subject}", "Introduction to {subject}", "Principles of {subject}", "Foundations of {subject}",
    "A Short History of {subject}", "{subject} in Practice", "Advanced {subject}", "Problems in {subject}",
    "Handbook of {subject}", "{subject}: A First Course", "Lectures on {subject}", "What Is {subject}?",
    "{subject} for Beginners", "{subject} and Society", "Essays on {subject}", "Topics in {subject}",
    "The {city} Lectures", "Letters from {city}", "{subject} since {year}", "A Guide to {city} and Its Surroundings",
)  # fmt: skip
_JOURNALS = (
    "Journal of {subject}", "{city} Journal of {subject}", "Annals of {subject}", "{subject} Review",
    "Proceedings of the {city} Conference on {subject}", "Transactions on {subject}", "{subject} Today",
)  # fmt: skip
_SECTIONS = {
    "handbook": (
        "Getting Started", "Before You Begin", "A First Example", "Basic Usage", "Advanced Usage", "How It Works",
        "Common Mistakes", "Error Handling", "Working with Files", "Reading and Writing Data", "Missing Values",
        "Memory Layout", "Performance", "Types and Conversions", "Broadcasting", "Indexing", "Sorting and Searching",
        "Random Numbers", "Rounding", "Compatibility", "Changes since Version {small}.0", "Notes", "Summary",
        "Exercises", "Further Reading", "Case Study: {city}", "Colour Spaces", "Blurring and Sharpening", "Filters",
        "Geometry", "Coordinates", "Pipelines", "Parameters and Defaults", "Frequently Asked Questions", "Examples",
        "Limitations", "Choosing the Right Method", "Step {small}: Putting It Together", "Why Arrays?", "Background",
    ),
    "encyclopedia": (
        "Early History", "Independence", "The Colonial Period", "Geography", "People and Language", "The Economy",
        "The Constitution of {year}", "After {year}", "Foreign Relations", "Government", "Elections", "Trade",
        "Agriculture and Fishing", "Neighbours and Borders", "The Islands", "From Kingdom to Republic", "Sources",
        "The Civil War", "Reform", "The {year}s", "Peace at Last", "The Treaty of {city}", "Migration", "Religion",
        "A Divided Country", "The Coast", "Rivers and Lakes", "Further Reading", "Between Two Wars", "Transition",
    ),
    "novel": (
        "Chapter {small}", "Chapter {small}", "Part {small}", "A Visit", "The Letter", "At the Monastery", "The Trial",
        "Father and Son", "An Unexpected Guest", "In the Dark", "Two Brothers", "The Journey", "At Home", "The Quarrel",
        "Confession", "A Long Night", "The Old Man", "Three Thousand", "Over the Brandy", "What Happened Next",
        "The Children", "An Evening in Town", "The Arrest", "Morning", "It Was Late", "A Little Room", "Delirium",
    ),
}  # fmt: skip


def book(chance: Chance) -> str:
    """A title, as `Principles of Optics`."""
    return _filled(chance.one(_BOOKS), chance)


def journal(chance: Chance) -> str:
    """A periodical, as `Annals of Genetics`."""
    return _filled(chance.one(_JOURNALS), chance)


def section(text: str, chance: Chance) -> str:
    """A heading in a novel, handbook or encyclopedia."""
    return _filled(chance.one(_SECTIONS[text]), chance)


def _filled(frame: str, chance: Chance) -> str:
    return manual.fill(frame.replace("{subject}", chance.one(_SUBJECTS)), chance)
