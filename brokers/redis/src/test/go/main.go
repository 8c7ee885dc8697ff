// Peer is a Go program that uses asynq, for the tests of sharing queues with Java:
//
//	peer enqueue ADDR DB          reads tasks as JSON lines, answers what became of each
//	peer work ADDR DB QUEUE...    runs tasks, and says what it does in JSON lines, until its input ends
//	peer inspect ADDR DB          reads commands as JSON lines, answers each in one
//	peer schedule ADDR DB SPEC TYPE QUEUE
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hibiken/asynq"
)

type line map[string]any

var out sync.Mutex

func say(l line) {
	out.Lock()
	defer out.Unlock()
	b, err := json.Marshal(l)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(b))
}

func fail(err error) line { return line{"error": err.Error()} }

func commands(each func(line) line) {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<26)
	for in.Scan() {
		var l line
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			say(fail(err))
			continue
		}
		say(each(l))
	}
}

func text(l line, key string) string {
	s, _ := l[key].(string)
	return s
}

func number(l line, key string) int {
	f, _ := l[key].(float64)
	return int(f)
}

func seconds(l line, key string) time.Duration {
	f, _ := l[key].(float64)
	return time.Duration(f * float64(time.Second))
}

func payload(l line) []byte {
	if _, ok := l["bytes"]; ok {
		var b []byte
		for _, x := range l["bytes"].([]any) {
			b = append(b, byte(x.(float64)))
		}
		return b
	}
	return []byte(text(l, "payload"))
}

func enqueue(c *asynq.Client, l line) line {
	opts := []asynq.Option{asynq.Queue(text(l, "queue"))}
	if id := text(l, "id"); id != "" {
		opts = append(opts, asynq.TaskID(id))
	}
	if _, ok := l["retry"]; ok {
		opts = append(opts, asynq.MaxRetry(number(l, "retry")))
	}
	if d := seconds(l, "unique"); d > 0 {
		opts = append(opts, asynq.Unique(d))
	}
	if d := seconds(l, "in"); d > 0 {
		opts = append(opts, asynq.ProcessIn(d))
	}
	if d := seconds(l, "retention"); d > 0 {
		opts = append(opts, asynq.Retention(d))
	}
	if d := seconds(l, "timeout"); d > 0 {
		opts = append(opts, asynq.Timeout(d))
	}
	if g := text(l, "group"); g != "" {
		opts = append(opts, asynq.Group(g))
	}
	headers := map[string]string{}
	if h, ok := l["headers"].(map[string]any); ok {
		for k, v := range h {
			headers[k] = v.(string)
		}
	}
	info, err := c.Enqueue(asynq.NewTaskWithHeaders(text(l, "type"), payload(l), headers), opts...)
	if errors.Is(err, asynq.ErrDuplicateTask) {
		return line{"answer": "duplicate"}
	}
	if errors.Is(err, asynq.ErrTaskIDConflict) {
		return line{"answer": "conflict"}
	}
	if err != nil {
		return fail(err)
	}
	return line{"answer": "stored", "id": info.ID, "state": info.State.String()}
}

// The payload of a task says what its handler does: "ok", "fail TEXT", "wait", "result TEXT", "skip".
func handle(ctx context.Context, t *asynq.Task) error {
	id, _ := asynq.GetTaskID(ctx)
	retried, _ := asynq.GetRetryCount(ctx)
	bytes := []int{}
	for _, b := range t.Payload() {
		bytes = append(bytes, int(b))
	}
	say(line{"event": "begin", "id": id, "type": t.Type(), "payload": string(t.Payload()), "bytes": bytes,
		"retried": retried, "headers": t.Headers()})
	word, rest, _ := strings.Cut(string(t.Payload()), " ")
	switch word {
	case "fail":
		return errors.New(rest)
	case "skip":
		return fmt.Errorf("%s: %w", rest, asynq.SkipRetry)
	case "wait":
		<-ctx.Done()
		say(line{"event": "stopped", "id": id})
		return ctx.Err()
	case "result":
		if _, err := t.ResultWriter().Write([]byte(rest)); err != nil {
			return err
		}
	}
	say(line{"event": "end", "id": id})
	return nil
}

func work(opt asynq.RedisClientOpt, queues []string) {
	weights := map[string]int{}
	for _, q := range queues {
		weights[q] = 1
	}
	srv := asynq.NewServer(opt, asynq.Config{
		Concurrency:              10,
		Queues:                   weights,
		LogLevel:                 asynq.ErrorLevel,
		DelayedTaskCheckInterval: 500 * time.Millisecond,
		TaskCheckInterval:        200 * time.Millisecond,
		ShutdownTimeout:          time.Second,
		RetryDelayFunc:           func(int, error, *asynq.Task) time.Duration { return time.Second },
	})
	if err := srv.Start(asynq.HandlerFunc(handle)); err != nil {
		say(fail(err))
		os.Exit(1)
	}
	say(line{"event": "ready"})
	bufio.NewReader(os.Stdin).ReadString(0)
	srv.Shutdown()
}

func task(i *asynq.TaskInfo) line {
	return line{"id": i.ID, "type": i.Type, "queue": i.Queue, "state": i.State.String(), "retried": i.Retried, "maxRetry": i.MaxRetry,
		"lastErr": i.LastErr, "payload": string(i.Payload), "result": string(i.Result), "timeout": i.Timeout.Seconds(),
		"headers": i.Headers, "next": i.NextProcessAt.Unix()}
}

func inspect(insp *asynq.Inspector, l line) line {
	q, id := text(l, "queue"), text(l, "id")
	done := func(err error) line {
		if err != nil {
			return fail(err)
		}
		return line{"done": true}
	}
	switch text(l, "do") {
	case "show":
		info, err := insp.GetTaskInfo(q, id)
		if err != nil {
			return fail(err)
		}
		return task(info)
	case "queue":
		i, err := insp.GetQueueInfo(q)
		if err != nil {
			return fail(err)
		}
		return line{"pending": i.Pending, "active": i.Active, "scheduled": i.Scheduled, "retry": i.Retry, "archived": i.Archived,
			"completed": i.Completed, "paused": i.Paused, "processed": i.Processed, "failed": i.Failed, "size": i.Size}
	case "list":
		var all []*asynq.TaskInfo
		var err error
		switch text(l, "state") {
		case "pending":
			all, err = insp.ListPendingTasks(q)
		case "active":
			all, err = insp.ListActiveTasks(q)
		case "scheduled":
			all, err = insp.ListScheduledTasks(q)
		case "retry":
			all, err = insp.ListRetryTasks(q)
		case "archived":
			all, err = insp.ListArchivedTasks(q)
		case "completed":
			all, err = insp.ListCompletedTasks(q)
		case "aggregating":
			all, err = insp.ListAggregatingTasks(q, text(l, "group"))
		}
		if err != nil {
			return fail(err)
		}
		ids := []string{}
		for _, i := range all {
			ids = append(ids, i.ID)
		}
		sort.Strings(ids)
		return line{"ids": ids}
	case "servers":
		all, err := insp.Servers()
		if err != nil {
			return fail(err)
		}
		servers := []line{}
		for _, s := range all {
			running := []string{}
			for _, w := range s.ActiveWorkers {
				running = append(running, w.TaskID)
			}
			servers = append(servers, line{"id": s.ID, "host": s.Host, "pid": s.PID, "status": s.Status, "running": running,
				"queues": s.Queues, "concurrency": s.Concurrency})
		}
		return line{"servers": servers}
	case "schedulers":
		all, err := insp.SchedulerEntries()
		if err != nil {
			return fail(err)
		}
		entries := []line{}
		for _, e := range all {
			opts := []string{}
			for _, o := range e.Opts {
				opts = append(opts, o.String())
			}
			entries = append(entries, line{"id": e.ID, "spec": e.Spec, "type": e.Task.Type(), "payload": string(e.Task.Payload()),
				"options": opts, "next": e.Next.Unix(), "ran": !e.Prev.IsZero()})
		}
		return line{"entries": entries}
	case "enqueues":
		all, err := insp.ListSchedulerEnqueueEvents(id)
		if err != nil {
			return fail(err)
		}
		ids := []string{}
		for _, e := range all {
			ids = append(ids, e.TaskID)
		}
		return line{"ids": ids}
	case "run":
		return done(insp.RunTask(q, id))
	case "archive":
		return done(insp.ArchiveTask(q, id))
	case "delete":
		return done(insp.DeleteTask(q, id))
	case "cancel":
		return done(insp.CancelProcessing(id))
	case "pause":
		return done(insp.PauseQueue(q))
	case "unpause":
		return done(insp.UnpauseQueue(q))
	case "queues":
		all, err := insp.Queues()
		if err != nil {
			return fail(err)
		}
		sort.Strings(all)
		return line{"queues": all}
	case "history":
		days, err := insp.History(q, 2)
		if err != nil {
			return fail(err)
		}
		return line{"processed": days[0].Processed, "failed": days[0].Failed, "days": len(days)}
	case "groups":
		all, err := insp.Groups(q)
		if err != nil {
			return fail(err)
		}
		groups := line{}
		for _, g := range all {
			groups[g.Group] = g.Size
		}
		return line{"groups": groups}
	case "all":
		return all(insp, l)
	case "remove":
		force, _ := l["force"].(bool)
		return done(insp.DeleteQueue(q, force))
	}
	return line{"error": "unknown command"}
}

// What the command line does with all tasks of a state.
func all(insp *asynq.Inspector, l line) line {
	q, g := text(l, "queue"), text(l, "group")
	each := map[string]func(string) (int, error){
		"run scheduled": insp.RunAllScheduledTasks, "run retry": insp.RunAllRetryTasks, "run archived": insp.RunAllArchivedTasks,
		"archive pending": insp.ArchiveAllPendingTasks, "archive scheduled": insp.ArchiveAllScheduledTasks,
		"archive retry": insp.ArchiveAllRetryTasks, "delete pending": insp.DeleteAllPendingTasks,
		"delete scheduled": insp.DeleteAllScheduledTasks, "delete retry": insp.DeleteAllRetryTasks,
		"delete archived": insp.DeleteAllArchivedTasks, "delete completed": insp.DeleteAllCompletedTasks,
		"run aggregating":     func(q string) (int, error) { return insp.RunAllAggregatingTasks(q, g) },
		"archive aggregating": func(q string) (int, error) { return insp.ArchiveAllAggregatingTasks(q, g) },
		"delete aggregating":  func(q string) (int, error) { return insp.DeleteAllAggregatingTasks(q, g) },
	}[text(l, "action")+" "+text(l, "state")]
	if each == nil {
		return line{"error": "unknown command"}
	}
	n, err := each(q)
	if err != nil {
		return fail(err)
	}
	return line{"count": n}
}

func main() {
	db, _ := strconv.Atoi(os.Args[3])
	opt := asynq.RedisClientOpt{Addr: os.Args[2], DB: db}
	switch os.Args[1] {
	case "enqueue":
		c := asynq.NewClient(opt)
		defer c.Close()
		commands(func(l line) line { return enqueue(c, l) })
	case "work":
		work(opt, os.Args[4:])
	case "inspect":
		insp := asynq.NewInspector(opt)
		defer insp.Close()
		commands(func(l line) line { return inspect(insp, l) })
	case "schedule":
		s := asynq.NewScheduler(opt, &asynq.SchedulerOpts{LogLevel: asynq.ErrorLevel, HeartbeatInterval: time.Second})
		if _, err := s.Register(os.Args[4], asynq.NewTask(os.Args[5], nil), asynq.Queue(os.Args[6])); err != nil {
			panic(err)
		}
		if err := s.Start(); err != nil {
			panic(err)
		}
		say(line{"event": "ready"})
		bufio.NewReader(os.Stdin).ReadString(0)
		s.Shutdown()
	}
}
