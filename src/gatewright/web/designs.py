"""A theme in the custom properties of the stylesheet: checked values in, and text that can be read out."""

from gatewright.tenants import BrandingTheme
from gatewright.web.colours import contrast, hexadecimal, mixed, readable, text_on

_RADII = {"pill": "99rem", "sharp": "0"}
_SIDES = {"left": "0 auto 0 0", "center": "0 auto", "right": "0 0 0 auto"}
_FLEX = {"left": "flex-start", "center": "center", "right": "flex-end", "none": "center"}
_WEIGHTS = {"button": "button-weight-of-text"}  # the weight of a button is that of its frame
_TEXT = {"left": "start", "center": "center", "right": "end"}


def design_properties(theme: BrandingTheme, image: str) -> dict[str, str]:
    """The properties of a theme; ``image`` is the address behind the widget, "" for none."""
    return {**_colours(theme, image), **_borders(theme), **_texts(theme), **_places(theme)}


def is_dark(theme: BrandingTheme) -> bool:
    """Whether the widget is dark, so that the browser draws what is its own to go with it."""
    return contrast(hexadecimal(theme.colors.widget_background), "#ffffff") > 4.5


def _colours(theme: BrandingTheme, image: str) -> dict[str, str]:
    colors = {
        name: hexadecimal(getattr(theme.colors, name))
        for name in theme.colors.__struct_fields__
        if name != "captcha_widget_theme"
    }
    surface, field = colors["widget_background"], colors["input_background"]
    text, primary = readable(colors["body_text"], surface), colors["primary_button"]
    danger_surface = mixed(surface, colors["error"], 0.08)
    page = hexadecimal(theme.page_background.background_color)
    return {
        "surface": surface,
        "card-line": colors["widget_border"],
        "text": text,
        "muted": text,
        "title": readable(colors["header"], surface),
        "line": mixed(surface, text, 0.15),
        "quiet": mixed(surface, text, 0.05),
        "primary": primary,
        "on-primary": readable(colors["primary_button_label"], primary),
        "button-line": primary,
        "second-line": colors["secondary_button_border"],
        "second-text": readable(colors["secondary_button_label"], surface),
        "link": readable(colors["links_focused_components"], surface),
        "focus": readable(colors["base_focus_color"], surface, least=3),
        "icon": readable(colors["icons"], surface, least=3),
        "field": field,
        "field-text": readable(colors["input_filled_text"], field),
        "field-quiet": colors["read_only_background"],
        "on-field-quiet": readable(colors["input_filled_text"], colors["read_only_background"]),
        "outline": colors["input_border"],
        "label": readable(colors["input_labels_placeholders"], surface),
        "danger-surface": danger_surface,
        "danger": readable(colors["error"], danger_surface),
        "good": readable(colors["success"], surface),
        "page": f'{page} url("{image}") center/cover no-repeat fixed' if image else page,
        # nothing is known of a picture, so what stands on it has a surface of its own
        "on-page": text if image else text_on(page),
        "under-foot": surface if image else "transparent",
    }


def _borders(theme: BrandingTheme) -> dict[str, str]:
    borders = theme.borders
    shadow = {} if borders.show_widget_shadow else {"shadow": "none"}
    return {
        "button-radius": _RADII.get(borders.buttons_style, f"{borders.button_border_radius:g}px"),
        "button-weight": f"{borders.button_border_weight:g}px",
        "field-radius": _RADII.get(borders.inputs_style, f"{borders.input_border_radius:g}px"),
        "field-weight": f"{borders.input_border_weight:g}px",
        "card-radius": f"{borders.widget_corner_radius:g}px",
        "card-weight": f"{borders.widget_border_weight:g}px",
        **shadow,
    }


def _texts(theme: BrandingTheme) -> dict[str, str]:
    fonts = theme.fonts
    sizes = {
        "title": fonts.title,
        "lead": fonts.subtitle,
        "body": fonts.body_text,
        "button": fonts.buttons_text,
        "label": fonts.input_labels,
        "link": fonts.links,
    }
    base = fonts.reference_text_size
    made = {f"{name}-size": f"{base * kind.size / 100:g}px" for name, kind in sizes.items()}
    weights = {
        _WEIGHTS.get(name, f"{name}-weight"): "700" if kind.bold else "400" for name, kind in sizes.items()
    }
    line = "underline" if fonts.links_style == "underlined" else "none"
    return {**made, **weights, "link-decoration": line}


def _places(theme: BrandingTheme) -> dict[str, str]:
    widget = theme.widget
    return {
        "card-place": _SIDES[theme.page_background.page_layout],
        "title-align": _TEXT[widget.header_text_alignment],
        "logo-height": f"{widget.logo_height:g}px",
        "logo-place": _FLEX[widget.logo_position],
        "logo-display": "none" if widget.logo_position == "none" else "flex",
    }
