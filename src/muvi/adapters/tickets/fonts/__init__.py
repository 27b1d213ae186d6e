"""Fonts of the ticket sheet, under the SIL Open Font License 1.1 (its text stands beside each family).

Manrope (latin) is unchanged. Noto Sans Arabic is cut from the variable font: weights 500 and 700 at full
width, Arabic letters with their presentation forms, without hinting and layout tables, since shaping is
done before drawing.
"""
