"""A theme of the hosted pages in the wire's groups: colours, numbers, choices and addresses, nothing else."""

from typing import Literal

import msgspec

from gatewright.kernel.errors import Invalid
from gatewright.tenants.branding import check_colour, check_font, check_picture

Style = Literal["pill", "rounded", "sharp"]
Place = Literal["left", "center", "right"]


class ThemeBorders(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Radii and weights in CSS pixels."""

    button_border_radius: float = 3
    button_border_weight: float = 1
    buttons_style: Style = "rounded"
    input_border_radius: float = 3
    input_border_weight: float = 1
    inputs_style: Style = "rounded"
    show_widget_shadow: bool = True
    widget_border_weight: float = 0
    widget_corner_radius: float = 5


class ThemeColors(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Colours as ``#rrggbb``; where text could not be read on its background, it gets a readable shade."""

    body_text: str = "#1e212a"
    error: str = "#d03c38"
    header: str = "#1e212a"
    icons: str = "#65676e"
    input_background: str = "#ffffff"
    input_border: str = "#c9cace"
    input_filled_text: str = "#000000"
    input_labels_placeholders: str = "#65676e"
    links_focused_components: str = "#635dff"
    primary_button: str = "#635dff"
    primary_button_label: str = "#ffffff"
    secondary_button_border: str = "#c9cace"
    secondary_button_label: str = "#1e212a"
    success: str = "#13a688"
    widget_background: str = "#ffffff"
    widget_border: str = "#c9cace"
    base_focus_color: str = "#635dff"
    base_hover_color: str = "#000000"
    read_only_background: str = "#f2f2f2"
    captcha_widget_theme: Literal["auto", "dark", "light"] = "auto"


class ThemeText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of text: its size in percent of ``reference_text_size``."""

    bold: bool = False
    size: float = 100


class ThemeFonts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file of a font, and how large and heavy it is; ``reference_text_size`` in CSS pixels."""

    font_url: str = ""
    reference_text_size: float = 16
    title: ThemeText = ThemeText(size=150)
    subtitle: ThemeText = ThemeText(size=87.5)
    body_text: ThemeText = ThemeText(size=87.5)
    buttons_text: ThemeText = ThemeText()
    input_labels: ThemeText = ThemeText()
    links: ThemeText = ThemeText(bold=True, size=87.5)
    links_style: Literal["normal", "underlined"] = "normal"


class ThemePage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is behind the widget, and where on it the widget is."""

    background_color: str = "#000000"
    background_image_url: str = ""
    page_layout: Place = "center"


class ThemeWidget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Head of the widget; ``logo_height`` in CSS pixels."""

    header_text_alignment: Place = "center"
    logo_height: float = 52
    logo_position: Literal["left", "center", "right", "none"] = "center"
    logo_url: str = ""
    social_buttons_layout: Literal["bottom", "top"] = "bottom"


class PhoneDisplay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How telephone numbers are shown."""

    formatting: Literal["international", "regional"] = "regional"
    masking: Literal["hide_country_code", "mask_digits", "show_all"] = "mask_digits"


class ThemeIdentifiers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How identifiers are asked for and shown."""

    login_display: Literal["separate", "unified"] = "unified"
    otp_autocomplete: bool = True
    phone_display: PhoneDisplay = PhoneDisplay()


class ThemeSettings(msgspec.Struct, frozen=True, kw_only=True, rename={"display_name": "displayName"}):
    """What an administrator says of a theme."""

    display_name: str = "Unnamed Theme"
    borders: ThemeBorders = ThemeBorders()
    colors: ThemeColors = ThemeColors()
    fonts: ThemeFonts = ThemeFonts()
    page_background: ThemePage = ThemePage()
    widget: ThemeWidget = ThemeWidget()
    identifiers: ThemeIdentifiers | None = None

    def check(self) -> None:
        """Raises ``Invalid`` for a colour, a number or an address that is none; types are right by now."""
        if not 1 <= len(self.display_name) <= 2_048:
            raise Invalid("wanted: 1 to 2048 characters", path="displayName")
        for name in ThemeColors.__struct_fields__:
            if name != "captcha_widget_theme":
                check_colour(getattr(self.colors, name), f"colors.{name}")
        check_colour(self.page_background.background_color, "page_background.background_color")
        image = self.page_background.background_image_url
        check_font(image, "page_background.background_image_url")
        check_font(self.fonts.font_url, "fonts.font_url")
        check_picture(self.widget.logo_url, "widget.logo_url")
        for path, value, (least, most) in self._numbers():
            if not least <= value <= most:
                raise Invalid(f"read {value:g}; wanted: {least} to {most}", path=path)

    def _numbers(self) -> list[tuple[str, float, tuple[int, int]]]:
        found = [(f"borders.{name}", getattr(self.borders, name), most) for name, most in _BORDERS.items()]
        found += [
            (f"fonts.{name}.size", getattr(self.fonts, name).size, most) for name, most in _SIZES.items()
        ]
        return [
            *found,
            ("fonts.reference_text_size", self.fonts.reference_text_size, (12, 24)),
            ("widget.logo_height", self.widget.logo_height, (1, 100)),
        ]


class BrandingTheme(
    ThemeSettings,
    frozen=True,
    kw_only=True,
    rename={"theme_id": "themeId", "display_name": "displayName"},
):
    """A tenant's theme."""

    theme_id: str


_BORDERS = {
    "button_border_radius": (0, 10),
    "button_border_weight": (0, 10),
    "input_border_radius": (0, 10),
    "input_border_weight": (0, 10),
    "widget_border_weight": (0, 10),
    "widget_corner_radius": (0, 50),
}
_SIZES = {
    "title": (75, 150),
    "subtitle": (50, 150),
    "body_text": (50, 150),
    "buttons_text": (50, 150),
    "input_labels": (50, 150),
    "links": (50, 150),
}
