//! Design tokens: sizes, distances, and every colour of the window, for dark and light. Nothing else makes a colour.
//!
//! Colours of meaning (selected, unselected, scales) come from `figure::color`, so that window and exports agree.

use egui::epaint::text::{FontInsert, FontPriority, InsertFontFamily};
use egui::{Color32, CornerRadius, FontData, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle, Vec2};

use crate::figure::color::{Color, Palette};
use crate::figure::{self};
use crate::session::settings::Appearance;

/// Distances in points.
pub mod space {
    /// Between things that belong together.
    pub const XS: f32 = 4.0;
    /// Between controls.
    pub const S: f32 = 8.0;
    /// Around content of panels.
    pub const M: f32 = 12.0;
    /// Between groups.
    pub const L: f32 = 16.0;
    /// Around empty states.
    pub const XL: f32 = 24.0;
}

/// Sizes of text in points.
pub mod text {
    /// Notes, units, axes.
    pub const SMALL: f32 = 12.0;
    /// Everything else.
    pub const BODY: f32 = 14.0;
    /// Headings.
    pub const HEADING: f32 = 18.0;
    /// A text that is read in a wide column, and in a very wide one.
    pub const READING: [f32; 2] = [16.0, 19.0];
    /// Icons in buttons.
    pub const ICON: f32 = 17.0;
    /// Icons of the rail.
    pub const RAIL_ICON: f32 = 22.0;
    /// The icon of an empty place.
    pub const EMPTY_ICON: f32 = 40.0;
}

/// Sizes of text on the participant's screens in points, which the participant can multiply.
pub mod large {
    /// Keys, hints, progress.
    pub const SMALL: f32 = 16.0;
    /// Everything else.
    pub const BODY: f32 = 20.0;
    /// The question.
    pub const QUESTION: f32 = 24.0;
    /// Headings.
    pub const TITLE: f32 = 34.0;
    /// A text that is judged.
    pub const STIMULUS: f32 = 26.0;
    /// Widest column of running text.
    pub const COLUMN: f32 = 760.0;
}

/// Radius of corners in points.
pub const RADIUS: u8 = 5;
/// Width of the rail.
pub const RAIL: f32 = 76.0;
/// Opacity of what is being computed again.
pub const DIMMED: f32 = 0.45;

/// Colours of one theme.
#[derive(Clone, Copy, Debug)]
pub struct Tokens {
    /// Behind the viewer and other content.
    pub canvas: Color32,
    /// Panels, bars and the rail.
    pub panel: Color32,
    /// Menus, sheets, cards.
    pub raised: Color32,
    /// Text fields.
    pub field: Color32,
    /// Buttons at rest.
    pub button: Color32,
    /// Buttons under the pointer.
    pub hover: Color32,
    /// Lines between panels.
    pub line: Color32,
    /// Lines around controls; at least 3 : 1.
    pub outline: Color32,
    /// Text; at least 7 : 1.
    pub text: Color32,
    /// Secondary text; at least 4.5 : 1.
    pub muted: Color32,
    /// Chosen controls: background.
    pub chosen: Color32,
    /// Chosen controls: text; at least 4.5 : 1 on it.
    pub on_chosen: Color32,
    /// Focus, links, progress; at least 3 : 1.
    pub accent: Color32,
    /// Text of warnings.
    pub warning: Color32,
    /// Text of errors.
    pub error: Color32,
    /// Selected units, S.
    pub selected: Color32,
    /// Unselected units, S̄.
    pub unselected: Color32,
    /// The full input, in charts.
    pub full: Color32,
    /// Tracks of bars.
    pub track: Color32,
    /// Series of charts; at least 3 : 1 on canvas and panel. Marks and line styles tell them apart too.
    pub series: [Color32; 6],
}

const fn hex(rgb: u32) -> Color32 {
    Color32::from_rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

/// A colour of the figures on screen.
pub const fn color(color: Color) -> Color32 {
    let [r, g, b, a] = color.0;
    if a == 255 { Color32::from_rgb(r, g, b) } else { Color32::from_rgba_unmultiplied_const(r, g, b, a) }
}

const fn with_palette(tokens: Tokens, palette: &Palette) -> Tokens {
    Tokens {
        selected: color(palette.selected),
        unselected: color(palette.unselected),
        full: color(palette.full),
        track: color(palette.track),
        ..tokens
    }
}

/// Dark.
pub const DARK: Tokens = with_palette(
    Tokens {
        canvas: hex(0x16_18_1C),
        panel: hex(0x1E_21_27),
        raised: hex(0x26_2A_31),
        field: hex(0x12_14_17),
        button: hex(0x30_35_3E),
        hover: hex(0x3C_43_4E),
        line: hex(0x33_38_42),
        outline: hex(0x75_7E_8C),
        text: hex(0xEC_EE_F2),
        muted: hex(0xA9_B1_BE),
        chosen: hex(0x24_4A_74),
        on_chosen: hex(0xF2_F7_FD),
        accent: hex(0x6F_B1_F5),
        warning: hex(0xF2_C1_4E),
        error: hex(0xFF_8F_84),
        selected: Color32::PLACEHOLDER,
        unselected: Color32::PLACEHOLDER,
        full: Color32::PLACEHOLDER,
        track: Color32::PLACEHOLDER,
        series: [hex(0xE8_73_1A), hex(0x56_B4_E9), hex(0xE5_D2_4A), hex(0x2F_BF_93), hex(0xD9_8C_B8), hex(0xC9_CE_D7)],
    },
    &figure::color::DARK,
);

/// Light.
pub const LIGHT: Tokens = with_palette(
    Tokens {
        canvas: hex(0xFF_FF_FF),
        panel: hex(0xF5_F6_F8),
        raised: hex(0xFF_FF_FF),
        field: hex(0xFF_FF_FF),
        button: hex(0xE3_E6_EA),
        hover: hex(0xD5_DA_E1),
        line: hex(0xD3_D7_DD),
        outline: hex(0x80_88_94),
        text: hex(0x1B_1E_23),
        muted: hex(0x0052_5964),
        chosen: hex(0xCF_E2_F8),
        on_chosen: hex(0x0F_2D_4E),
        accent: hex(0x1B_62_B0),
        warning: hex(0x7A_52_00),
        error: hex(0xB0_23_18),
        selected: Color32::PLACEHOLDER,
        unselected: Color32::PLACEHOLDER,
        full: Color32::PLACEHOLDER,
        track: Color32::PLACEHOLDER,
        series: [hex(0xC2_54_00), hex(0x00_72_B2), hex(0x8A_68_00), hex(0x00_79_5A), hex(0xA8_48_7F), hex(0x3A_40_49)],
    },
    &figure::color::LIGHT,
);

/// The tokens of the theme in use.
pub fn tokens(ui: &egui::Ui) -> &'static Tokens {
    if ui.visuals().dark_mode { &DARK } else { &LIGHT }
}

/// The page colours that pictures use in the theme in use.
pub fn figure_theme(ui: &egui::Ui) -> figure::Theme {
    if ui.visuals().dark_mode { figure::Theme::Dark } else { figure::Theme::Light }
}

/// The colour a picture is multiplied with where it is not to be changed.
pub const UNTINTED: Color32 = Color32::WHITE;

/// Fonts, icons and the styles of both themes.
pub fn install(ctx: &egui::Context) {
    egui_material_icons::initialize(ctx);
    // Arrows and signs of mathematics that the other fonts lack; figures have it, too.
    ctx.add_font(FontInsert::new(
        "Hack signs",
        FontData::from_static(epaint_default_fonts::HACK_REGULAR),
        vec![InsertFontFamily { family: FontFamily::Proportional, priority: FontPriority::Lowest }],
    ));
    ctx.style_mut_of(egui::Theme::Dark, |style| apply(style, &DARK));
    ctx.style_mut_of(egui::Theme::Light, |style| apply(style, &LIGHT));
    ctx.options_mut(|options| {
        // Zoom and quit are commands of ours; egui's own keys would act twice.
        options.zoom_with_keyboard = false;
        options.quit_shortcuts.clear();
    });
}

/// Dark, light, or as the system.
pub fn preference(appearance: Appearance) -> egui::ThemePreference {
    match appearance {
        Appearance::System => egui::ThemePreference::System,
        Appearance::Dark => egui::ThemePreference::Dark,
        Appearance::Light => egui::ThemePreference::Light,
    }
}

fn apply(style: &mut egui::Style, tokens: &Tokens) {
    let proportional = |size| FontId::new(size, FontFamily::Proportional);
    style.text_styles = [
        (TextStyle::Small, proportional(text::SMALL)),
        (TextStyle::Body, proportional(text::BODY)),
        (TextStyle::Button, proportional(text::BODY)),
        (TextStyle::Heading, proportional(text::HEADING)),
        (TextStyle::Monospace, FontId::new(text::SMALL, FontFamily::Monospace)),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = Vec2::new(space::S, space::XS + 2.0);
    spacing.button_padding = Vec2::new(space::S, space::XS);
    spacing.window_margin = Margin::same(space::L as i8);
    spacing.menu_margin = Margin::same(space::S as i8);
    spacing.interact_size = Vec2::new(28.0, 26.0);
    spacing.slider_width = 180.0;
    spacing.combo_width = 80.0;
    spacing.combo_height = 320.0;
    spacing.tooltip_width = 360.0;
    spacing.menu_width = 280.0;
    style.interaction.tooltip_delay = 0.4;
    style.interaction.selectable_labels = false;

    let visuals = &mut style.visuals;
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(tokens.muted);
    visuals.panel_fill = tokens.panel;
    visuals.window_fill = tokens.raised;
    visuals.window_stroke = Stroke::new(1.0, tokens.line);
    visuals.window_corner_radius = CornerRadius::same(RADIUS + 3);
    visuals.menu_corner_radius = CornerRadius::same(RADIUS);
    visuals.extreme_bg_color = tokens.field;
    visuals.text_edit_bg_color = Some(tokens.field);
    visuals.faint_bg_color = tokens.raised;
    visuals.code_bg_color = tokens.field;
    visuals.hyperlink_color = tokens.accent;
    visuals.warn_fg_color = tokens.warning;
    visuals.error_fg_color = tokens.error;
    visuals.selection.bg_fill = tokens.chosen;
    visuals.selection.stroke = Stroke::new(1.0, tokens.on_chosen);
    visuals.slider_trailing_fill = true;
    let shadow = Shadow { offset: [0, 3], blur: 14, spread: 0, color: Color32::from_black_alpha(70) };
    visuals.window_shadow = shadow;
    visuals.popup_shadow = shadow;
    let widgets = &mut visuals.widgets;
    for (widget, fill, line, ink) in [
        (&mut widgets.noninteractive, tokens.panel, tokens.line, tokens.text),
        (&mut widgets.inactive, tokens.button, tokens.line, tokens.text),
        (&mut widgets.hovered, tokens.hover, tokens.outline, tokens.text),
        // Strong text takes the ink of active widgets, so it is the plain text colour.
        (&mut widgets.active, tokens.chosen, tokens.accent, tokens.text),
        (&mut widgets.open, tokens.hover, tokens.outline, tokens.text),
    ] {
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.bg_stroke = Stroke::new(1.0, line);
        widget.fg_stroke = Stroke::new(1.0, ink);
        widget.corner_radius = CornerRadius::same(RADIUS);
        widget.expansion = 0.0;
    }
    // Rails of sliders must be seen on the panel.
    widgets.inactive.bg_fill = tokens.hover;
    // Fields and boxes must be seen on any ground.
    widgets.inactive.bg_stroke = Stroke::new(1.0, tokens.outline);
}

#[cfg(test)]
mod tests {
    use super::{Color, Color32, DARK, LIGHT, Tokens};
    use crate::figure::color::contrast;

    fn ratio(a: Color32, b: Color32) -> f64 {
        let plain = |c: Color32| Color([c.r(), c.g(), c.b(), 255]);
        contrast(plain(a), plain(b))
    }

    fn check(name: &str, t: &Tokens) {
        for (what, ground) in [("canvas", t.canvas), ("panel", t.panel), ("raised", t.raised), ("field", t.field)] {
            assert!(ratio(t.text, ground) >= 7.0, "{name}: text on {what}");
            for (ink, color) in [("muted", t.muted), ("warning", t.warning), ("error", t.error)] {
                assert!(ratio(color, ground) >= 4.5, "{name}: {ink} on {what}: {}", ratio(color, ground));
            }
            for (mark, color, least) in [
                ("accent", t.accent, 3.0),
                ("outline", t.outline, 3.0),
                ("selected", t.selected, 3.0),
                // A muted colour by its meaning, so with some room above what marks need.
                ("unselected", t.unselected, 3.2),
            ] {
                assert!(ratio(color, ground) >= least, "{name}: {mark} on {what}: {}", ratio(color, ground));
            }
            for (at, color) in t.series.into_iter().enumerate() {
                assert!(ratio(color, ground) >= 3.0, "{name}: series {at} on {what}: {}", ratio(color, ground));
            }
        }
        assert!(ratio(t.on_chosen, t.chosen) >= 4.5, "{name}: chosen");
        for ground in [t.button, t.hover] {
            assert!(ratio(t.text, ground) >= 4.5, "{name}: text on buttons");
        }
    }

    #[test]
    fn text_and_marks_keep_their_contrast_in_both_themes() {
        check("dark", &DARK);
        check("light", &LIGHT);
    }
}
