/** What went wrong under Fabric, in Simplified Chinese: host, engine, images. */
import type { platformSymptoms as english } from '../en/platform-symptoms.ts';
import type { Facts, Words } from '../symptoms.ts';

function place({ key = '' }: Facts): string {
  return key.startsWith('CORE_') ? `compose 文件里的 ${key}` : `sampleconfig/core.yaml 的 ${key}`;
}

function roleOf({ role }: Facts): string {
  return role === 'builder' ? '构建镜像' : '运行时镜像';
}

const otherNamespace: Words = (facts) => ({
  title: `引擎上没有${roleOf(facts)} ${facts.image}，只有 ${facts.own}。`,
  why: `peer 查找的命名空间与构建镜像时用的不同。命名空间在编译时写进 peer，${place(facts)} 也可能指定了一个。`,
});

const otherTag: Words = (facts) => ({
  title: `引擎上没有${roleOf(facts)} ${facts.image}，只有 ${facts.own}。`,
  why: `名字对，标签不对。标签来自 ${place(facts)}，其中的变量由编译进 peer 的版本填写。`,
});

const absent: Words = (facts) => {
  const { image, own, key } = facts;
  const named = `${place(facts)} 用编译进 peer 的值填写后，得到的就是这个名字`;
  return {
    title: `peer 需要${roleOf(facts)} ${image}，但引擎上没有它。`,
    why:
      own === image
        ? `${named}。按这个目录的配置构建的正是它，但之后被删除了。`
        : `${named}。这里有的${roleOf(facts)}是 ${own}：给它打上所要的名字，或改正 ${key}。`,
  };
};

export const platformSymptoms: Readonly<Record<keyof typeof english, Words>> = {
  // images
  'upstream-offline': ({ program }) => ({
    title: `源码自带的 Dockerfile 有一步失败了：${program}。`,
    why: '在这种构建里，apk、apt、curl 和 go 要从互联网取软件包、Go 和模块。我们的 Dockerfile 什么都不必取。',
  }),
  'builder-other-namespace': otherNamespace,
  'runtime-other-namespace': otherNamespace,
  'builder-other-tag': otherTag,
  'runtime-other-tag': otherTag,
  'builder-absent': absent,
  'runtime-absent': absent,
  'runtime-pulled-although-here': ({ image }) => ({
    title: `运行时镜像 ${image} 就在本机，引擎却去拉取它。`,
    why: '这个 peer 总是让引擎拉取：core.yaml 里 chaincode.pull 为 true，或者这是 Fabric 2.5.15 或 3.1.4，它们不管怎么设置都会拉取。',
  }),
  'reference-unfilled': ({ image, variable, key }) => ({
    title: `peer 要的镜像叫 ${image}，这不是镜像名。`,
    why: `core.yaml 的 ${key} 里有 ${variable}，这个版本的 Fabric 不认识它，就原样留下了。`,
  }),
  'reference-invalid': () => ({
    title: '有一个镜像名是引擎不接受的。',
    why: '其中某一段是空的、有大写字母，或者变量没有填上：命名空间、版本和架构是在使用时才填进去的。',
  }),
  'ccenv-latest-gone': ({ image }) => ({
    title: `镜像仓库里没有 ${image}。`,
    why: '1.2.0 到 1.4.7 的 peer 用 latest 标签查找构建镜像，而这个标签已经不再发布。',
  }),
  'tools-gone': ({ image }) => ({
    title: `镜像仓库里没有 ${image}。`,
    why: '从 Fabric 3.0 起没有 tools 镜像；其中的程序随发布包提供。',
  }),
  'pull-rate-limit': () => ({
    title: '镜像仓库暂时不再提供镜像。',
    why: '它按地址或账号统计拉取次数，现在已达到上限。',
  }),
  'no-image-for-architecture': ({ platform }) => ({
    title: `镜像仓库里有这个镜像，但没有 ${platform} 的。`,
    why: 'Fabric 的镜像从 2.5 起才有 arm64 的，更早的必须在本机构建。',
  }),
  'program-of-other-architecture': () => ({
    title: '有一个程序是为别的处理器编译的，与引擎不符。',
    why: '用了另一种架构的镜像：标签指错了，或者基础镜像就是那种架构。',
  }),
  'emulated-go': () => ({
    title: '一个 Go 程序在模拟别的处理器时崩溃了。',
    why: '用旧版 Go 编译的 amd64 程序在 arm64 上模拟运行时会崩溃。',
  }),
  'version-of-two-words': ({ word }) => ({
    title: `编译进 peer 的版本里有空格，在“${word}”之前。`,
    why: '版本会写进链码镜像的 Dockerfile，遇到空格就断开。不用 Makefile 的 -X 参数编译的 peer 自称“development build”。',
  }),
  'builder-not-pulled': ({ image }) => ({
    title: `引擎上没有构建镜像 ${image}，也拉取不到。`,
    why: 'core.yaml 的 chaincode.builder 用编译进 peer 的值填写后，得到的就是这个名字。',
  }),
  'image-not-in-registry': ({ image }) => ({
    title: `镜像仓库不提供 ${image}。`,
    why: '这个命名空间、名字和标签下没有镜像，或者它是私有的，要先登录。',
  }),
  'image-vanished': ({ image }) => ({
    title: `引擎上已经没有镜像 ${image} 了。`,
    why: '运行开始时它还在，或者本该由这次运行构建；中途被人删除了。',
  }),
  'registry-unreachable': ({ host }) => ({
    title: `需要拉取一个镜像，但连不上镜像仓库 ${host}。`,
    why: '所要的某个镜像不在引擎上。离线时引擎不会说明是哪一个。',
  }),
  // engine
  'engine-too-new-for-peer': ({ socket }) => ({
    title: `${socket} 后面的 Docker 引擎断开了 peer 的连接。`,
    why: '这个 peer 的 Docker 客户端使用的 API 版本，Engine 29 已不再接受。Fabric 2.5.16 和 3.1.5 可以与它通信，1.x 和最初几个 2.2 版本也可以。',
  }),
  'engine-too-old-for-client': ({ client, max }) => ({
    title: `Docker 引擎最高支持 API ${max}，而请求用的是 ${client}。`,
    why: 'Fabric 2.5.15、2.5.16 和 3.1.4 需要 Engine 25 或更新的版本。',
  }),
  'client-too-old-for-engine': ({ client, min }) => ({
    title: `Docker 引擎最低要求 API ${min}，而请求用的是 ${client}。`,
    why: '客户端比引擎所允许的还旧：旧的 compose 配上第 2 版格式的文件，或者旧的 peer。',
  }),
  'engine-answers-no-inspection': () => ({
    title: 'peer 向 Docker 引擎查询镜像时失败。',
    why: '引擎返回了错误，多半是两者没有共同的 API 版本：Fabric 2.5.15、2.5.16 和 3.1.4 需要 Engine 25 或更新的版本。',
  }),
  'socket-not-in-peer': ({ socket }) => ({
    title: `peer 在 ${socket} 查找 Docker 套接字，但那里没有。`,
    why: '它没有挂载进 peer，或者本机引擎的套接字在别处（Docker Desktop、rootless、另一个 context）。',
  }),
  'socket-denied': () => ({
    title: '当前用户无权使用 Docker 套接字。',
    why: '用户不在 docker 组里，或者 SELinux 不让容器访问套接字。',
  }),
  'endpoint-wrong': ({ said }) => ({
    title: `peer 连不到 Docker 引擎：${said}。`,
    why: 'CORE_VM_ENDPOINT（core.yaml 的 vm.endpoint）写的地址与挂载进 peer 的不同。',
  }),
  'engine-gone': ({ socket }) => ({
    title: `${socket} 的 Docker 引擎不再应答。`,
    why: '运行过程中它被停止或重启了。已完成的部分会保留。',
  }),
  'address-pools-used-up': () => ({
    title: 'Docker 引擎没有地址可以分给新的网络了。',
    why: '大约三十个网络就会用完地址池；占用同样地址的 VPN 也会造成这种情况。',
  }),
  'container-name-taken': ({ container }) => ({
    title: `已经有一个叫 ${container} 的容器。`,
    why: '它属于别的项目，或者是某次被强行终止的运行留下的。',
  }),
  'compose-too-old': ({ file }) => ({
    title: `这个 docker-compose 读不了 ${file}。`,
    why: '它比 1.27 旧，要求文件里写明 version。',
  }),
  'mounts-denied': () => ({
    title: 'Docker Desktop 没有把这个目录共享给容器。',
    why: '只有在它的设置（Resources, File sharing）里列出的目录才能挂载。',
  }),
  // host
  'disk-full': () => ({
    title: '磁盘已满。',
    why: 'Docker 的目录里有镜像、构建缓存和账本；单是一个 Fabric 版本的镜像就要 2.5 GB。',
  }),
  'no-more-threads': ({ reason }) => ({
    title: `有程序无法再创建线程：${reason}。`,
    why: '达到了进程数的上限，或者引擎比镜像里的 C 库旧，禁止了这个系统调用。',
  }),
  'too-many-open-files': () => ({
    title: '打开的文件数达到了上限。',
    why: '节点会一直打开许多文件；这个上限来自 shell 或引擎。',
  }),
  'engine-older-than-image': ({ program }) => ({
    title: `引擎不让镜像运行 ${program}。`,
    why: '引擎比镜像里的 C 库旧：它的 seccomp 配置会拒绝不认识的系统调用。',
  }),
  'header-missing': ({ header }) => ({
    title: `构建镜像里缺少 C 头文件 ${header}。`,
    why: 'Fabric 要链接 C 代码（到 1.4.3 为止 PKCS#11 需要 ltdl.h），而镜像里没有相应的开发包。',
  }),
  'config-not-found': ({ name }) => ({
    title: `找不到 ${name}.yaml。`,
    why: 'FABRIC_CFG_PATH 指向的目录里没有它，或者构建镜像时没有放入 sampleconfig。',
  }),
  'line-ends-of-windows': () => ({
    title: '有一个脚本用的是 Windows 换行符。',
    why: 'git 以 CRLF 检出了源码，容器里的 shell 把 CR 当成了名字的一部分。',
  }),
  'file-of-other-user': ({ path }) => ({
    title: `${path} 属于另一个用户。`,
    why: '它由容器或以前以 root 身份的运行创建，当前用户不能修改。',
  }),
  'download-failed': ({ host = '某个服务器' }) => ({
    title: `构建时需要下载，但连不上 ${host}。`,
    why: '源码里的某个 Dockerfile 或软件包列表要访问互联网；只有引擎配置了代理时才会传给构建。',
  }),
  'tool-not-in-image': ({ tool }) => ({
    title: `镜像里没有 ${tool}。`,
    why: '有脚本要调用它，而指定的或构建出的镜像里没有。',
  }),
};
