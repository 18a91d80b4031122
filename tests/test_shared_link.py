"""What once broke a shared deployment, fault by fault, and what holds it now. A row without a test fails."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

FAULTS: dict[str, tuple[str, ...]] = {
    # A shared deployment and its visitors
    "R1 a visitor moves the gate for everybody": (
        "tests/pages/test_gate.py::test_the_workbench_refuses_a_visitor",
        "tests/pages/test_gate.py::test_calibration_is_there_to_be_read_and_adopted_by_editors_alone",
        "tests/e2e/test_visitor.py::test_pressing_everything_as_a_visitor_changes_nothing",
    ),
    "R2 a visitor dismisses other people's jobs": (
        "tests/pages/test_gate.py::test_the_workbench_refuses_a_visitor",
        "tests/pages/test_gate.py::test_a_visitor_finds_no_button_behind_the_gate",
        "tests/pages/test_gate.py::test_work_that_was_stopped_is_dismissed_by_editors_alone",
        "tests/pages/test_gate.py::test_pages_name_no_door_behind_the_gate",
        "tests/e2e/test_visitor.py::test_pressing_everything_as_a_visitor_changes_nothing",
    ),
    "R3 the access code's brake lies behind the check": (
        "tests/pages/test_access.py::test_guesses_are_refused_at_once_and_behind_the_brake",
        "tests/test_brake.py::test_no_address_and_no_crowd_is_heard_more_often_than_allowed",
        "tests/test_brake.py::test_a_crowd_is_held_but_not_whoever_signed_in_before",
        "tests/e2e/test_visitor.py::test_guesses_hold_no_thread_and_are_told_to_the_operator",
    ),
    "R4 two lines of text stop the server": (
        "tests/atelier/language/test_reading_time.py::test_a_fragment_repeated_to_the_longest_prompt_is_read_at_once",
        "tests/atelier/language/test_reading_time.py::test_any_mixture_repeated_is_read_at_once",
        "tests/atelier/language/test_reading_time.py::test_a_change_and_a_files_name_are_read_at_once",
    ),
    "R5 a browser's clear_cache throws the workbench away": (
        "tests/pages/test_gate.py::test_the_workbench_outlives_every_cache_a_browser_may_clear",
        "tests/pages/test_browser.py::test_the_app_lays_it_around_all_that_hears_browsers_and_clears_no_cache",
        "tests/e2e/test_visitor.py::test_messages_no_button_sends_harm_nobodys_work",
    ),
    "R6 a visitor calls vendors with the operator's key and reads the book": (
        "tests/pages/test_gate.py::test_the_workbench_refuses_a_visitor",
        "tests/e2e/test_visitor.py::test_pressing_everything_as_a_visitor_changes_nothing",
    ),
    "R7 signing in fails open": (
        "tests/pages/test_access.py::test_an_address_nobody_vouches_for_is_no_sign_in",
        "tests/pages/test_access.py::test_whose_word_counts_is_a_setting",
    ),
    "R8 a visitor's uploads fill the memory": (
        "tests/e2e/test_visitor.py::test_a_visitor_uploads_nothing",
        "tests/e2e/test_visitor.py::test_an_editors_uploads_are_bounded",
    ),
    "a value no control can have breaks its sender's page": (
        "tests/e2e/test_visitor.py::test_values_no_control_can_have_are_a_sentence_for_their_sender_alone",
        "tests/e2e/test_visitor.py::test_messages_spoilt_at_random_end_their_own_connection_at_most",
        "tests/e2e/test_visitor.py::test_what_components_tell_is_heard_and_what_they_cannot_tell_is_not",
    ),
    "strangers fill the log": (
        "tests/pages/test_browser.py::test_a_thousand_unreadable_messages_are_a_line_a_minute",
        "tests/test_log.py::test_what_strangers_set_off_is_a_handful_of_lines_in_a_while",
    ),
    "a page of somebody else has a server elsewhere asked for our address": (
        "tests/pages/test_browser.py::test_nobody_elsewhere_is_asked_for_our_address",
    ),
    # One bad file
    "F1 one archive with a bad date kills the gallery": (
        "tests/export/test_hostile.py::test_what_we_never_write_is_refused_before_anything_is_stored",
        "tests/test_index.py::test_any_record_is_read_or_told_as_damaged",
    ),
    "F2 one damaged record kills the gallery": (
        "tests/pages/test_damage.py::test_every_damage_is_one_card",
        "tests/pages/test_damage.py::test_a_missing_picture_hides_no_other_design",
        "tests/test_index.py::test_any_bytes_are_read_or_told_as_damaged",
        "tests/test_records.py::test_a_copied_folder_says_whose_copy_it_is",
    ),
    "F3 the cache's counter takes every page down": (
        "tests/pages/test_errors.py::test_the_caches_counter_takes_no_page_down",
        "tests/test_cache.py::test_stats_never_fail",
        "tests/test_cache.py::test_a_folder_deleted_while_it_is_open_begins_afresh",
        "tests/test_index.py::test_a_deleted_data_folder_starts_afresh",
    ),
    "F4 a full or read-only disk at start shows nothing": (
        "tests/pages/test_damage.py::test_a_full_disk_at_start_shows_the_designs_and_says_what_to_do",
        "tests/pages/test_damage.py::test_a_read_only_volume_is_told_to_editors_and_serves_visitors",
    ),
    "F5 a refused import leaves its files": (
        "tests/export/test_hostile.py::test_what_we_never_write_is_refused_before_anything_is_stored",
        "tests/test_trash.py::test_a_failed_import_leaves_nothing",
    ),
    "F6 an import takes in what pages then crash on": (
        "tests/export/test_hostile.py::test_any_manifest_is_refused_or_readable_everywhere",
        "tests/export/test_archive.py::test_a_resealed_lie",
    ),
    "F7 forged figures pass import": (
        "tests/export/test_hostile.py::test_forged_figures_are_found_and_told",
        "tests/export/test_hostile.py::test_imported_figures_are_not_ours_until_measured",
        "tests/pages/test_damage.py::test_an_imported_design_says_what_measuring_it_showed",
    ),
    "F8 what an import brings as text is read as markdown": (
        "tests/pages/test_text.py::test_no_page_reads_a_designs_words_as_markdown",
        "tests/pages/test_text.py::test_nothing_is_left_to_interpret_link_or_replace",
    ),
    # Hostile input
    "H1 a GLB of 2 kB burns a core for ever": (
        "tests/solids/test_hostile.py::test_refused_at_once",
        "tests/solids/test_examination.py::test_a_check_without_end_is_ended",
    ),
    "H2 pictures of formats nobody listed, and their decoders' errors": (
        "tests/test_decoding.py::test_an_eps_runs_nothing",
        "tests/test_decoding.py::test_mutants_are_pictures_or_sentences",
        "tests/test_decoding.py::test_what_is_not_taken_is_told_with_a_way_out",
    ),
    "H3 one upload of 50 megapixels takes a gigabyte": (
        "tests/test_decoder.py::test_too_much_memory_is_a_sentence",
        "tests/test_decoder.py::test_an_upload_is_decoded_over_there_under_a_ceiling_that_leaves_room_for_others",
        "benchmarks/scene.py::main",
    ),
    "H4 addresses of a cloud's inside, and certificates": (
        "tests/providers/call/test_addresses.py::test_no_private_address_is_reached",
        "tests/providers/call/test_addresses.py::test_every_row_of_the_table_refuses_from_end_to_end",
        "tests/providers/call/test_addresses.py::test_metadata_is_refused_whatever_is_listed",
        "tests/providers/call/test_http.py::test_a_bad_certificate_is_told_as_such",
    ),
    # Renderer and queue
    "Q1 two renderers at once": (
        "tests/providers/test_atelier.py::test_there_is_one_renderer_however_many_ask_first",
    ),
    "Q2 the place in the queue is somebody else's": (
        "tests/providers/test_atelier.py::test_each_caller_hears_its_own_place",
        "tests/test_turns.py::test_every_row_tells_its_own_place",
    ),
    "Q3 without LLVM the walk ends after the master": (
        "tests/providers/test_atelier.py::test_without_llvm_whatever_is_asked_comes_smaller",
        "tests/atelier/render/test_fallback.py::test_a_macro_of_a_small_master_is_rendered_whole",
    ),
    "Q4 a hung renderer blocks everybody": (
        "tests/atelier/render/test_worker.py::test_a_hung_renderer_is_ended_and_the_queue_goes_on",
        "tests/test_child.py::test_silence_has_an_end",
    ),
    # Gaps
    "G1 no log": (
        "tests/test_log.py::test_an_event_is_one_line_with_time_level_name_and_fields",
        "tests/test_log.py::test_what_is_no_single_word_is_withheld",
        "tests/pages/test_access.py::test_no_address_of_anybody_stands_in_the_log",
        "tests/pages/test_operators_log.py::test_a_day_is_told_without_a_word_of_anybody",
        "tests/pages/test_operators_log.py::test_a_data_folder_that_cannot_be_used_is_told_to_the_operator",
        "tests/e2e/test_visitor.py::test_the_log_of_all_this_is_readable_and_names_nobody",
        "benchmarks/day.py::main",
    ),
    "G2 caps start at nothing after a restart": ("tests/test_ledger.py::test_a_restart_opens_no_cap",),
    "G3 a visitor's own key spends from the operator's caps": (
        "tests/test_ledger.py::test_a_visitors_own_key_knows_no_caps_and_touches_none",
        "tests/providers/call/test_purchase.py::test_a_visitors_own_key_leaves_the_operators_caps_alone",
    ),
    "G4 one person keeps everybody waiting": (
        "tests/test_turns.py::test_a_newcomer_comes_next_after_forty_of_another",
        "tests/test_turns.py::test_too_much_of_one_and_of_all_is_refused_in_a_sentence",
        "tests/test_turns.py::test_visitors_however_many_leave_a_place_for_who_works_here",
    ),
    "G5 many designs make every page slow": (
        "tests/test_index.py::test_two_hundred_designs_are_listed_in_milliseconds",
        "tests/pages/test_gallery.py::test_a_page_of_many_designs_reads_no_record_and_only_the_pictures_it_shows",
        "tests/e2e/test_visitor.py::test_a_page_costs_the_server_little",
        "benchmarks/sessions.py::main",
    ),
    "G6 bytes are never freed, and there is no trash to look into": (
        "tests/test_trash.py::test_emptying_frees_what_only_the_trash_named",
        "tests/test_trash.py::test_the_draft_of_a_killed_server_is_freed_after_a_day",
        "tests/pages/test_damage.py::test_the_trash_is_listed_restored_and_emptied",
    ),
    "G7 the server keeps its memory": (
        "tests/pages/test_collector.py::test_what_threads_freed_goes_back_to_the_system",
        "tests/atelier/render/test_worker.py::test_an_idle_renderer_goes_home",
        "tests/atelier/render/test_worker.py::test_outgrowing_the_memory_ceiling_is_said",
        "benchmarks/scene.py::main",
    ),
    "G8 a damaged index buys every answer again": (
        "tests/test_cache.py::test_a_damaged_index_is_built_again_from_the_answers",
        "tests/test_cache.py::test_a_damaged_index_is_set_aside",
    ),
}  # fmt: skip


@cache
def functions(path: str) -> dict[str, ast.FunctionDef]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_held(fault: str) -> None:
    """Every named test is there, is never skipped, and can fail: it asserts or expects an error."""
    assert FAULTS[fault]
    for named in FAULTS[fault]:
        path, _, name = named.partition("::")
        body = functions(path).get(name)
        assert body is not None, f"{named} is not there"
        decorators = " ".join(map(ast.unparse, body.decorator_list))
        assert "skip" not in decorators.replace("skipif", ""), f"{named} is skipped"
        assert "xfail" not in decorators
        words = ast.unparse(body)
        assert "assert" in words or "raises" in words or path.startswith("benchmarks/"), (
            f"{named} cannot fail"
        )
