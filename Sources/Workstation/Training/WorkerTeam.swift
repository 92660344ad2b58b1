package import EdgeFormat
internal import Platform
internal import Synchronization

/// Threads that do numbered pieces of work together with the caller. Which thread does which piece is not fixed; work
/// whose pieces write to places of their own gives the same result with any number of threads.
package final class WorkerTeam {
    /// Threads that take part, the caller included.
    let count: Int
    private let board = Board()
    private var threads: [ThreadHandle] = []

    /// What the threads share.
    private final class Board: @unchecked Sendable {  // `work` and `pieces` are written between rounds only
        /// Grows by one for each round.
        let round = Word()
        /// The next piece that nobody has taken.
        let next = Word()
        /// Threads that are through with this round.
        let done = Word()
        var pieces: UInt32 = 0
        /// Nil at the end.
        var work: ((Int) -> Void)?

        func takePieces(_ work: (Int) -> Void) {
            while true {
                let piece = next.value.pointee.add(1, ordering: .relaxed).oldValue
                if piece >= pieces { return }
                work(Int(piece))
            }
        }
    }

    /// A word that threads wait for, on a cache line of its own.
    private final class Word: @unchecked Sendable {  // the word is atomic
        let value: UnsafeMutablePointer<Atomic<UInt32>>
        private static let spins = 20_000

        init() {
            let memory = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 128)
            value = memory.bindMemory(to: Atomic<UInt32>.self, capacity: 1)
            value.initialize(to: Atomic<UInt32>(0))
        }

        deinit { UnsafeMutableRawPointer(value).deallocate() }

        func add(_ amount: UInt32) {
            value.pointee.add(amount, ordering: .sequentiallyConsistent)
            Futex.wake(value, count: Int32.max)
        }

        /// Waits, spinning first, until the word fulfils the condition.
        func wait(until condition: (UInt32) -> Bool) {
            var looks = 0
            while true {
                let now = value.pointee.load(ordering: .sequentiallyConsistent)
                if condition(now) { return }
                looks += 1
                if looks > Self.spins { Futex.wait(value, while: now) }
            }
        }
    }

    /// - Throws: `EdgeError` (system) when a thread cannot be started.
    package init(threads wanted: Int) throws(EdgeError) {
        count = max(1, wanted)
        let board = self.board
        for _ in 1..<count {
            do throws(SystemError) {
                threads.append(try Threads.start { Self.serve(board) })
            } catch {
                throw EdgeError(.system, at: "--threads \(wanted)", error.line)
            }
        }
    }

    deinit {
        board.work = nil
        board.round.add(1)
        for thread in threads { thread.join() }
    }

    /// Does pieces 0 ..< `pieces` and returns when all are done.
    package func run(_ pieces: Int, _ work: @escaping @Sendable (Int) -> Void) {
        board.work = work
        board.pieces = UInt32(pieces)
        board.next.value.pointee.store(0, ordering: .relaxed)
        board.done.value.pointee.store(0, ordering: .relaxed)
        board.round.add(1)
        board.takePieces(work)
        let helpers = UInt32(threads.count)
        board.done.wait { $0 == helpers }
        board.work = nil
    }

    private static func serve(_ board: Board) {
        var seen: UInt32 = 0
        while true {
            board.round.wait { $0 != seen }
            seen &+= 1
            guard let work = board.work else { return }
            board.takePieces(work)
            board.done.add(1)
        }
    }
}
