package io.promgres.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The populations of the workloads. */
final class Shapes {

    private static final int PODS_OF_A_NODE = 100;
    private static final int AVALANCHE_METRICS = 500;
    private static final int AVALANCHE_SERIES = 10;
    private static final int METRICS = 2_000;
    private static final int SERIES_OF_A_METRIC = 5;

    /** A node exporter on a machine with four processors and three disks: 500 series. */
    private static final Exposition NODE_EXPORTER = Exposition.parse("""
            seconds node_cpu_seconds_total cpu=0,1,2,3;mode=idle,iowait,irq,nice,softirq,steal,system,user
            constant node_cpu_guest_seconds_total cpu=0,1,2,3;mode=nice,user
            counter node_disk_{reads_completed,read_bytes,writes_completed,written_bytes}_total device=sda,sdb,sdc
            seconds node_disk_{read_time,write_time,io_time,io_time_weighted,flush_requests_time}_seconds_total device=sda,sdb,sdc
            constant node_disk_{reads_merged,writes_merged,discards_completed,discarded_sectors}_total device=sda,sdb,sdc
            constant node_disk_{info,io_now} device=sda,sdb,sdc
            constant node_filesystem_{size_bytes,files,readonly,device_error} mountpoint=/,/boot,/var,/home;fstype=ext4
            pages node_filesystem_{avail_bytes,free_bytes,files_free} mountpoint=/,/var;fstype=ext4
            counter node_network_{receive,transmit}_{bytes,packets}_total device=eth0,eth1,lo,docker0
            constant node_network_{receive,transmit}_{errs,drop,fifo,compressed,multicast}_total device=eth0,eth1,lo,docker0
            constant node_network_{up,carrier,mtu_bytes,speed_bytes,iface_id,flags,dormant,protocol_type} device=eth0,eth1,lo,docker0
            pages node_memory_{MemFree,MemAvailable,Cached,Buffers,Active,Inactive,AnonPages,Mapped,Slab,Dirty,Shmem,Committed_AS}_bytes
            constant node_memory_{MemTotal,SwapTotal,SwapFree,HugePages_Total,HugePages_Free,Hugepagesize,VmallocTotal}_bytes
            constant node_memory_{Bounce,CmaFree,CmaTotal,HardwareCorrupted,NFS_Unstable,Unevictable,Mlocked,WritebackTmp}_bytes
            decimal node_{load1,load5,load15}
            counter node_netstat_{Tcp_InSegs,Tcp_OutSegs,Udp_InDatagrams,Udp_OutDatagrams,IpExt_InOctets,IpExt_OutOctets}
            constant node_netstat_{Icmp_InErrors,Tcp_InErrs,Udp_InErrors,UdpLite_InErrors,TcpExt_ListenDrops,Ip_Forwarding}
            counter node_{context_switches,intr,forks}_total
            counter node_vmstat_{pgfault,pgmajfault,pgpgin,pgpgout,pswpin,pswpout}
            counter node_softnet_{processed,times_squeezed}_total cpu=0,1,2,3
            constant node_softnet_{dropped,flow_limit_count}_total cpu=0,1,2,3
            counter node_schedstat_timeslices_total cpu=0,1,2,3
            random node_schedstat_{running,waiting}_seconds_total cpu=0,1
            constant node_sockstat_{TCP_orphan,UDPLITE_inuse,RAW_inuse,FRAG_inuse,FRAG_memory}
            dice node_sockstat_{TCP_alloc,TCP_inuse,TCP_tw,UDP_inuse,sockets_used}
            constant node_systemd_unit_state name=cron,dbus,docker,getty,ssh,rsyslog;state=activating,active,deactivating,failed,inactive
            constant node_scrape_collector_success collector=arp,bcache,bonding,conntrack,cpu,diskstats,edac,filesystem,hwmon,loadavg
            random node_scrape_collector_duration_seconds collector=arp,bcache,bonding,conntrack,cpu,diskstats,edac,filesystem
            constant node_{boot_time_seconds,entropy_pool_size_bits,os_info,uname_info,exporter_build_info}
            constant node_timex_{estimated_error,frequency_adjustment,loop_time_constant,maxerror,offset,status,sync_status,tick}_seconds
            random node_time_seconds
            constant node_arp_entries device=eth0,eth1
            constant node_nf_conntrack_{entries,entries_limit}
            """);

    /** A pod: its containers as the kubelet sees them, its process, and histograms of its requests: 50 series. */
    private static final Exposition POD = Exposition.parse("""
            random container_cpu_usage_seconds_total container=app
            pages container_memory_{working_set_bytes,rss,cache} container=app
            constant container_{spec_memory_limit_bytes,spec_cpu_quota,memory_failcnt,oom_events_total} container=app
            counter container_network_{receive,transmit}_bytes_total interface=eth0
            constant http_request_duration_seconds_bucket handler=/api/orders,/api/users;le=0.005,0.01,0.025
            counter http_request_duration_seconds_bucket handler=/api/orders,/api/users;le=0.05,0.1,0.25,0.5,1,2.5,5,10,25,60,+Inf
            random http_request_duration_seconds_sum handler=/api/orders,/api/users
            counter http_request_duration_seconds_count handler=/api/orders,/api/users
            seconds process_cpu_seconds_total
            constant process_{start_time_seconds,max_fds}
            dice {process_open_fds,go_goroutines,go_threads}
            constant kube_pod_status_ready condition=true,false
            """);

    private Shapes() {}

    /** Node exporters on many machines. */
    static Population nodeExporters(int series) {
        List<Series> all = new ArrayList<>(series);
        int targets = 0;
        for (; all.size() < series; targets++) {
            int target = targets;
            NODE_EXPORTER.forEach((motion, labels) -> {
                labels.put("instance", "node-" + target + ".example.org:9100");
                labels.put("job", "node");
                all.add(new Series(target, Series.NO_POD, motion, Exposition.flat(labels)));
            });
        }
        return cut(all, series, 0);
    }

    /** Nodes of a Kubernetes cluster, each a target with a hundred pods that come and go. */
    static Population kubernetes(int series) {
        List<Series> all = new ArrayList<>(series);
        int ofANode = PODS_OF_A_NODE * POD.size();
        for (int node = 0; all.size() < series; node++) {
            int target = node;
            POD.forEach((motion, labels) -> {
                for (int pod = 0; pod < PODS_OF_A_NODE; pod++) {
                    all.add(ofPod(target, target * PODS_OF_A_NODE + pod, motion, labels));
                }
            });
        }
        return cut(all, series, (series + ofANode - 1) / ofANode * PODS_OF_A_NODE);
    }

    private static Series ofPod(int node, int pod, Motion motion, Map<String, String> of) {
        Map<String, String> labels = new HashMap<>(of);
        String service = "service-" + pod % 40;
        labels.put("cluster", "production");
        labels.put("instance", "10.1." + node + ".7:10250");
        labels.put("job", "kubernetes-pods");
        labels.put("namespace", "team-" + pod % 8);
        labels.put("node", "node-" + node);
        labels.put("service", service);
        labels.put("pod", service + "-" + Long.toHexString(Motion.mix(pod)).substring(0, 8) + "-000000");
        return new Series(node, pod, motion, Exposition.flat(labels));
    }

    /** The Avalanche load generator: many labels that mean nothing, values that jump. */
    static Population avalanche(int series) {
        List<Series> all = new ArrayList<>(series);
        for (int target = 0; all.size() < series; target++) {
            for (int metric = 0; metric < AVALANCHE_METRICS; metric++) {
                for (int number = 0; number < AVALANCHE_SERIES; number++) {
                    all.add(ofAvalanche(target, metric, number));
                }
            }
        }
        return cut(all, series, 0);
    }

    private static Series ofAvalanche(int target, int metric, int number) {
        Map<String, String> labels = new HashMap<>();
        labels.put("__name__", "avalanche_gauge_metric_mmmmm_0_" + metric);
        labels.put("cycle_id", "0");
        labels.put("instance", "avalanche-" + target + ":9001");
        labels.put("job", "avalanche");
        for (int label = 0; label < 10; label++) {
            labels.put("label_key_kkkkk_" + label, "label_val_vvvvv_" + label);
        }
        labels.put("series_id", Integer.toString(number));
        return new Series(target, Series.NO_POD, Motion.DICE, Exposition.flat(labels));
    }

    /** Two thousand metrics, each with one series on each of five targets. */
    static Population manyMetrics() {
        List<Series> all = new ArrayList<>();
        for (int target = 0; target < SERIES_OF_A_METRIC; target++) {
            for (int metric = 0; metric < METRICS; metric++) {
                Map<String, String> labels = Map.of(
                        "__name__", "application_subsystem" + metric / 40 + "_measure" + metric % 40,
                        "instance", "host-" + target + ".example.org:8080",
                        "job", "application");
                Motion motion = metric % 2 == 0 ? Motion.CONSTANT : Motion.COUNTER;
                all.add(new Series(target, Series.NO_POD, motion, Exposition.flat(labels)));
            }
        }
        return cut(all, all.size(), 0);
    }

    private static Population cut(List<Series> all, int series, int pods) {
        List<Series> some = List.copyOf(all.subList(0, series));
        return new Population(some, some.get(series - 1).target() + 1, pods);
    }
}
