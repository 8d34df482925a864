using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Ledger.Platform;

internal static unsafe partial class Libc
{
    internal const int AddressInUse = 98;

    /// <summary>Binds a TCP socket to a port on all addresses of one version, and closes it. 0, or the error number. .NET's own
    /// sockets set SO_REUSEADDR, and with it SO_REUSEPORT, without being asked. Linux.</summary>
    internal static int TryBindTcp(int port, bool version6, bool reuse)
    {
        const int internet = 2, internet6 = 10, stream = 1, closeOnExec = 0x80000;
        const int levelSocket = 1, reuseAddress = 2, levelVersion6 = 41, only = 26;
        var descriptor = NativeSocket(version6 ? internet6 : internet, stream | closeOnExec, 0);
        if (descriptor < 0) return Marshal.GetLastPInvokeError();
        try
        {
            int yes = 1;
            if (reuse && NativeSetsockopt(descriptor, levelSocket, reuseAddress, &yes, sizeof(int)) != 0)
                return Marshal.GetLastPInvokeError();
            // Otherwise it would take the port of version 4 too.
            if (version6 && NativeSetsockopt(descriptor, levelVersion6, only, &yes, sizeof(int)) != 0)
                return Marshal.GetLastPInvokeError();
            const int size = 16, size6 = 28;
            Span<byte> address = stackalloc byte[size6];
            address.Clear();
            BinaryPrimitives.WriteUInt16LittleEndian(address, (ushort)(version6 ? internet6 : internet));
            BinaryPrimitives.WriteUInt16BigEndian(address[2..], (ushort)port);
            fixed (byte* start = address)
                return NativeBind(descriptor, start, (uint)(version6 ? size6 : size)) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        finally
        {
            CloseDescriptor(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int NativeSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int NativeSetsockopt(int descriptor, int level, int name, int* value, uint length);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int NativeBind(int descriptor, byte* address, uint length);
}
