"""The app's own browser components: pictures compared, a model turned, a showcase laid out.

Each is one typed Python function beside its script and style sheet, mounted with Streamlit's
components v2. Nothing is fetched from outside and no text ever becomes markup.
"""
