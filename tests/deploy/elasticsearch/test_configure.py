from deploy.elasticsearch.configure import Member


def test_a_node_by_itself_looks_for_no_others() -> None:
    alone = Member(http_port=9200, transport_port=9300)
    assert (alone.folder, alone.meeting) == ("node", "discovery.type: single-node")


def test_the_members_of_a_cluster_elect_one_master_and_work_in_folders_of_their_own() -> None:
    ports = (9300, 9301, 9302)
    members = [Member(http_port=9200 + place, transport_port=port, cluster=ports) for place, port in enumerate(ports)]
    (meeting,) = {member.meeting for member in members}
    assert meeting == (
        'discovery.seed_hosts: ["127.0.0.1:9300", "127.0.0.1:9301", "127.0.0.1:9302"]\n'
        'cluster.initial_master_nodes: ["yingbi-9300", "yingbi-9301", "yingbi-9302"]'
    )
    assert [member.name for member in members] == ["yingbi-9300", "yingbi-9301", "yingbi-9302"]
    assert len({member.folder for member in members}) == 3
